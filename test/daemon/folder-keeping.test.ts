import { expect, onTestFinished, test } from 'vitest'
import { silentLogger } from '#base'
import { AbsentError, type Absence } from '#exchange'
import type { FolderIndex } from '#db'
import { deviceIdOf, publicKeyOf, signingKey, type DeviceId, type FolderId } from '#model'
import { FolderKeeping, type FolderKeepingParts } from '../../src/daemon/folder-keeping.ts'
import { HandClock } from '../base/hand-clock.ts'

const [me, ann, bob] = [1, 2, 3].map((byte) => deviceIdOf(publicKeyOf(signingKey(new Uint8Array(32).fill(byte))))) as [
  DeviceId,
  DeviceId,
  DeviceId,
]
const folder = 'f' as FolderId
const id = new Uint8Array(32).fill(7)

/**
 * A folder of `me`, `ann` and `bob` that lacks one chunk of a lost version; `answered` is what those connected say of it. What a search then comes to, and
 * who counts as asked for all.
 */
async function searched(answered: Absence) {
  const settings = new Map<string, string | null>()
  const devices = [me, ann, bob].map((device) => ({ device, added: 1 }))
  const lost = { record: 1, version: { path: 'a', id: 'v', chunks: new Uint8Array(0), author: me, epoch: 1, seq: 1 }, isGivenUp: false }
  const item = new Uint8Array(36)
  item.set(id)
  item[32] = 5
  const index = {
    lost: async (after: number) => (after < 1 ? [lost] : []),
    chunksOf: async () => item,
    locate: async () => [[]],
    manifestPieces: async () => [null],
    records: async () => 1,
    keeping: async () => 0,
    have: async () => [],
    unkept: async () => [],
    losses: async () => 1,
    looked: async () => undefined,
    keepAnew: async () => undefined,
    toKeep: async () => [],
    recordsAfter: async () => [],
  } as unknown as FolderIndex
  const store = { lacking: async (ids: Uint8Array) => ids, lengths: async () => [null] }
  const keeping = new FolderKeeping(
    {
      exchange: {
        sources: () => 2,
        fetch: () => Promise.reject(new AbsentError(answered)),
        strike: () => undefined,
        connection: (device: DeviceId) => (device === me ? null : device === ann ? 1 : 2),
        isConnected: () => true,
      },
      group: {
        device: me,
        state: {
          devices,
          folders: [],
          pledge: () => 0,
          role: () => 'sync',
          takers: () => null,
          leavers: () => [],
          isLeaving: () => false,
          ringSize: 4,
          replicas: 2,
        },
      },
      pledged: () => null,
      store: {
        setting: async (key: string) => settings.get(key) ?? null,
        putSetting: async (key: string, value: string | null) => void settings.set(key, value),
      },
      retention: () => ({ pins: new Set(), snapshots: new Map() }),
      clock: new HandClock(),
      random: { bytes: (length: number) => new Uint8Array(length) },
      logger: silentLogger,
      cache: { of: () => null },
      activity: () => undefined,
      changed: () => undefined,
    } as unknown as FolderKeepingParts,
    { id: folder, name: 'folder' },
    new Uint8Array(32),
    { disk: null, index, store } as unknown as ConstructorParameters<typeof FolderKeeping>[3],
    () =>
      ({
        exchange: { peers: [ann, bob].map((device) => ({ device, state: {} })) },
        standing: { state: 'idle' },
        comparison: { done: true },
      }) as unknown as ReturnType<ConstructorParameters<typeof FolderKeeping>[4]>,
  )
  onTestFinished(() => keeping.losses.stop())
  const { nowhere } = await keeping.losses.look(() => undefined, new AbortController().signal)
  const noted = [...settings].find(([key]) => key.startsWith('asked'))?.[1] ?? '[]'
  return { nowhere, asked: (JSON.parse(noted) as [DeviceId, number][]).map(([device]) => device) }
}

test('who was silent about what is lost is not taken for asked, and who answered is', async () => {
  // One took too long, or broke off.
  expect(await searched({ open: [ann], sealed: [], isSure: false })).toEqual({ nowhere: [], asked: [] })
  // All that there are have answered.
  expect(await searched({ open: [ann, bob], sealed: [], isSure: true })).toEqual({ nowhere: [1], asked: [ann, bob] })
  // All that were asked have answered; another one is away, and does not keep these from counting as asked.
  expect(await searched({ open: [ann], sealed: [], isSure: true })).toEqual({ nowhere: [], asked: [ann, bob] })
})
