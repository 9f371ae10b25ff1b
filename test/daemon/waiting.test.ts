import { expect, test } from 'vitest'
import { HoldfastError, orAborted } from '#base'
import { tooLate, waitNote } from '../../src/daemon/waiting.ts'

test('a wait that is over names what is in the way, and where to look, each once', () => {
  const look = 'on ben: holdfast folder problems photos'
  const error = tooLate(
    [
      { what: 'photos: Bringing 2 entries here.', look: 'holdfast folder problems photos' },
      { what: 'photos: ben lacks 1 entry of what is here.', look },
      { what: 'music: ben has the folder, and is not connected.', look },
    ],
    3,
  )
  expect(error).toMatchObject({ code: 'timeout', hint: `holdfast folder problems photos; ${look}` })
  expect(error.message).toBe(
    'not synced after 3 s. photos: Bringing 2 entries here. photos: ben lacks 1 entry of what is here. music: ben has the folder, and is not connected.',
  )
})

test('of many obstacles the first are named, the others counted', () => {
  const { message } = tooLate(
    Array.from({ length: 9 }, (_, n) => ({ what: `f${n}: Paused.`, look: 'x' })),
    1,
  )
  expect(message).toMatch(/f4: Paused\. And 4 more\.$/)
})

test('what takes for ever is waited for until the time is over', async () => {
  const ending = new AbortController()
  const waiting = orAborted(new Promise(() => undefined), ending.signal)
  ending.abort(new HoldfastError('timeout', 'over'))
  await expect(waiting).rejects.toMatchObject({ code: 'timeout' })
  await expect(orAborted(Promise.resolve(1), new AbortController().signal)).resolves.toBe(1)
})

test('what is noted on a folder with a problem tells where to look on the device that takes no part, too', () => {
  const standing = { state: 'idle', reasonCode: 'problems', reason: 'Up to date but for 1 entry with a problem.' } as const
  const here = 'holdfast folder problems photos lists them, with what to do'
  const there = 'on c holdfast folder problems photos tells more'
  const c = { name: 'c', hindrance: 'blocked' } as const
  expect(waitNote(standing, 'photos', 'desk', [])?.hint).toBe(here)
  expect(waitNote(standing, 'photos', 'desk', [c])?.hint).toBe(`${here}; ${there}`)
  expect(waitNote({ ...standing, reasonCode: 'waits-elsewhere' }, 'photos', 'desk', [c])?.hint).toBe(there)
  expect(waitNote({ ...standing, reasonCode: 'up-to-date' }, 'photos', 'desk', [])).toBeNull()
})

test('a device that only sends is named as the command takes it', () => {
  const standing = { state: 'idle', reasonCode: 'send-only', reason: 'This device only sends.' } as const
  expect(waitNote(standing, 'photos', 'desk', [])?.hint).toContain('folder share photos desk --role sync')
})
