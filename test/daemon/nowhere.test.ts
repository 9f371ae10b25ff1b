import { describe, expect, test } from 'vitest'
import { deviceIdOf, publicKeyOf, signingKey, type DeviceId, type FolderId, type Version } from '#model'
import { place } from '#replication'
import { FolderHolders, type FolderHoldersParts } from '../../src/daemon/folder-holders.ts'
import { HandClock } from '../base/hand-clock.ts'

const [me, ann, shelf, gone] = [1, 2, 3, 4].map((byte) => deviceIdOf(publicKeyOf(signingKey(new Uint8Array(32).fill(byte)))))
const PARTITIONS = 4
const holders = place({ devices: [{ device: shelf!, capacity: 1 }], replicas: 1, partitions: PARTITIONS, last: null })
const by = (author: DeviceId): Version => ({ author, epoch: 1, seq: 5, hlc: 0 }) as Version

/** `me` and `ann` have the folder, `shelf` holds blocks of it and has kept some where `isKept`; `connected` are there, and say what `said` has. */
async function made(
  set: {
    said?: object
    isKept?: boolean
    connected?: DeviceId[]
    leavers?: DeviceId[]
  } = {},
) {
  const { said = {}, isKept = false, connected = [ann!, shelf!], leavers = [] } = set
  const state = { materialised: true, compared: true, scanning: false, needEntries: 0 }
  const peers = connected
    .filter((device) => device !== shelf)
    .map((device) => ({ device, since: device === ann ? 700 : 900, state: { ...state, ...said } }))
  const found = new FolderHolders({
    folder: 'f' as FolderId,
    group: {
      device: me!,
      state: {
        devices: [me, ann, shelf].map((device) => ({ device })),
        role: (_: FolderId, device: DeviceId) => (device === shelf ? 'none' : 'sync'),
        takers: () => [me, ann],
        leavers: () => leavers,
        ringSize: PARTITIONS,
        replicas: 3,
      },
    },
    pledged: () => ({ hash: new Uint8Array(32), holders }),
    exchange: { isConnected: (device: DeviceId) => connected.includes(device) },
    sync: () => ({ exchange: { peers } }),
    replicas: { follow: async () => undefined, keptOf: () => new Map(isKept ? [[`${ann!}/1`, 5]] : []) },
    isKeeping: () => true,
    own: () => [{ author: me!, epoch: 1, seq: 5 }],
    clock: new HandClock(),
  } as unknown as FolderHoldersParts)
  await found.follow(found.next())
  return found
}

describe('the devices that could have content', () => {
  test('have answered where all that have the folder, and all that hold blocks of it, have', async () => {
    const found = await made()
    const all = { open: [ann!], sealed: [shelf!], isSure: true }
    expect(found.isNowhere(all)).toBe(true)
    expect(found.isNowhere({ ...all, isSure: false })).toBe(false)
    expect(found.isNowhere({ ...all, open: [] })).toBe(false)
    expect(found.isNowhere({ ...all, open: [ann!, shelf!], sealed: [] })).toBe(false)
  })

  test('are together since the last of them came, and not where one is away or at something else', async () => {
    expect((await made()).togetherSince(by(ann!))).toBe(700)
    for (const connected of [[], [ann!], [shelf!]]) expect((await made({ connected })).togetherSince(by(ann!))).toBeNull()
    for (const said of [
      { hindrance: 'paused' },
      { scanning: true },
      { compared: false },
      // It takes no part in it, or has the index alone.
      { materialised: false },
    ])
      expect((await made({ said })).togetherSince(by(me!))).toBeNull()
  })

  test('are not all there while the author is away, unless it has left', async () => {
    expect((await made()).togetherSince(by(gone!))).toBeNull()
    expect((await made({ leavers: [gone!] })).togetherSince(by(gone!))).toBe(700)
    expect((await made({ connected: [ann!, shelf!, gone!] })).togetherSince(by(gone!))).toBe(700)
  })

  test('say that they have kept a version where a holder of it, or its author, does; this device does not count', async () => {
    const chunk = new Uint8Array(32)
    expect((await made()).isClaimed(by(ann!), chunk)).toBe(false)
    expect((await made()).isClaimed(by(me!), chunk)).toBe(false)
    expect((await made({ isKept: true })).isClaimed(by(ann!), chunk)).toBe(true)
    expect((await made({ isKept: true })).isClaimed({ ...by(ann!), seq: 6 }, chunk)).toBe(false)
  })
})
