import { expect, test } from 'vitest'
import type { Group } from '#peers'
import { inProcess, type FolderIndex } from '#db'
import { placesOf } from '#history'
import type { OpenFolder } from '../../src/daemon/folder-opener.ts'
import { reachHint } from '../../src/daemon/reach-hint.ts'
import { withReach } from '../../src/daemon/reach-words.ts'
import { versionThen, type Then } from '../../src/daemon/version-then.ts'
import { A, author, B, C, file, gone, NOW, open } from '../db/fixtures.ts'
import { pastOf } from './past-of.ts'

const HOUR_MS = 3_600_000
const TIME = new Date(NOW + HOUR_MS).toISOString()

/** A folder with a file of two versions, the second an hour later, and one that is deleted; snapshots show the first state. */
function made() {
  const index = open(A)
  author(index, file('f', '1'), file('g', '1'))
  const upTo = placesOf(index.have())
  index.author([file('f', '22')], { now: NOW + HOUR_MS / 2 })
  author(index, gone('g'))
  author(index, file('later', '1'))
  const snapshots = ['before', TIME].map((name) => ({ name, upTo }))
  const group = { state: { properties: () => ({ snapshots }) } } as unknown as Group
  const found = {
    stored: { id: 'f', name: 'photos' },
    sync: {},
    index: inProcess<FolderIndex>(index),
    fault: null,
  } as unknown as OpenFolder
  const past = pastOf(index)
  const of = async (path: string, then: Then): Promise<number> => (await versionThen(group, found, past, path, then)).version.size
  return { index, of, past }
}

test('a version is meant by a time, or by a snapshot', async () => {
  const { of } = made()
  expect(await of('f', { at: TIME })).toBe(2)
  expect(await of('f', { snapshot: 'before' })).toBe(1)
  expect(await of('g', { snapshot: 'before' })).toBe(1)
  expect(await of('f', { at: TIME, snapshot: 'no snapshot, so the time counts' })).toBe(2)
})

test('what is a time and the name of a snapshot has to mean the same by both', async () => {
  const { of, index } = made()
  const [second, first] = index.versions('f').map(({ version }) => version.id.slice(0, 12))
  await expect(of('f', { at: TIME, snapshot: TIME })).rejects.toMatchObject({
    code: 'usage',
    message: `${TIME} is a time, at which f was version ${second}, and the name of a snapshot, which shows version ${first}`,
    hint: `say which version is meant: --version ${first}; holdfast versions photos/f lists them`,
  })
  const early = new Date(NOW + 1_000).toISOString()
  expect(await of('f', { at: early, snapshot: TIME })).toBe(1)
})

test('where neither a snapshot nor a version is meant it is said what there is', async () => {
  const { of } = made()
  await expect(of('f', { snapshot: 'yesterday' })).rejects.toMatchObject({
    message: 'photos has no snapshot "yesterday"',
    hint: 'holdfast snapshot list photos lists those that there are',
  })
  await expect(of('later', { snapshot: 'before' })).rejects.toMatchObject({
    code: 'not-found',
    message: 'the snapshot before of photos does not show later',
  })
  await expect(of('never', { snapshot: 'before' })).rejects.toMatchObject({ message: 'nothing was ever known of never in f' })
})

test('devices to be connected are named where there are some, and where there are none it is said so', async () => {
  const { past } = made()
  const of = (devices: readonly { id: string }[], connected: readonly { id: string }[]) =>
    ({
      network: {
        group: { device: A.id, state: { devices: devices.map(({ id }) => ({ device: id })) } },
        peers: () => connected.map(({ id }) => ({ device: id })),
      },
      membership: { called: () => (id: string) => (id === B.id ? 'ben' : 'carl') },
      reach: { whoHas: () => Promise.resolve(null) },
    }) as unknown as Parameters<typeof withReach>[0]
  expect(reachHint(of([A, B, C], [C]), 'photos', 'f')).toMatch(
    /^connect a device that may have it \(ben is not connected\), or: /,
  )
  expect(reachHint(of([A, B, C], [B, C]), 'photos', 'f')).toMatch(
    /^all devices of the group are connected, and have it not; holdfast versions photos\/f /,
  )
  const chosen = await past.version('f', { at: Infinity })
  const folder = { stored: { name: 'photos' } } as Parameters<typeof withReach>[1]
  const reading = withReach(of([A], []), folder, chosen.version, () => past.needContent(chosen, new AbortController().signal))
  await expect(reading).rejects.toMatchObject({
    code: 'offline',
    hint: expect.stringMatching(/^this device is alone in its group: /),
  })
})
