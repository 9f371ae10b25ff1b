import { expect, test } from 'vitest'
import { HoldfastError } from '#base'
import { orAborted, tooLate } from '../../src/daemon/waiting.ts'

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
