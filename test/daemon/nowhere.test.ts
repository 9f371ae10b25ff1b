import { describe, expect, test } from 'vitest'
import { deviceIdOf, publicKeyOf, signingKey, type DeviceId, type FolderId, type Version } from '#model'
import { place } from '#replication'
import { FolderHolders, type FolderHoldersParts } from '../../src/daemon/folder-holders.ts'
import { HandClock } from '../base/hand-clock.ts'

const [me, ann, shelf, gone] = [1, 2, 3, 4].map((byte) => deviceIdOf(publicKeyOf(signingKey(new Uint8Array(32).fill(byte)))))
const PARTITIONS = 4
const holders = place({ devices: [{ device: shelf!, capacity: 1 }], replicas: 1, partitions: PARTITIONS, last: null })
const by = (author: DeviceId): Version => ({ author, epoch: 1, seq: 5, hlc: 0 }) as Version

/** `me` and `ann` have the folder, `shelf` holds blocks of it `connected` are there, and say what `said` has. */
async function made(
  set: {
    said?: object
    connected?: DeviceId[]
    leavers?: DeviceId[]
    /** Beside the layout's holder: one that has a pledge, and may have held something by an older layout. */
    pledged?: DeviceId[]
    own?: string
  } = {},
) {
  const { said = {}, connected = [ann!, shelf!], leavers = [], pledged = [], own = 'idle' } = set
  const state = {
    materialised: true,
    compared: true,
    scanning: false,
    needEntries: 0,
    have: [me, ann, gone].map((author) => ({ author, epoch: 1, seq: 5 })),
  }
  const peers = connected.filter((device) => device !== shelf).map((device) => ({ device, state: { ...state, ...said } }))
  const found = new FolderHolders({
    folder: 'f' as FolderId,
    group: {
      device: me!,
      state: {
        devices: [me, ann, shelf, ...pledged].map((device) => ({ device })),
        pledge: (device: DeviceId) => (pledged.includes(device) ? 1 : 0),
        role: (_: FolderId, device: DeviceId) => (device === shelf ? 'none' : 'sync'),
        takers: () => [me, ann],
        leavers: () => leavers,
        isLeaving: () => false,
        ringSize: PARTITIONS,
        replicas: 3,
      },
    },
    pledged: () => ({ hash: new Uint8Array(32), holders, devices: [{ device: shelf!, capacity: 1, away: false }] }),
    exchange: { isConnected: (device: DeviceId) => connected.includes(device) },
    sync: () => ({ exchange: { peers }, standing: { state: own } }),
    replicas: { follow: async () => undefined, keptOf: () => undefined },
    isKept: () => true,
    own: () => [{ author: me!, epoch: 1, seq: 5 }],
    notes: { setting: async () => null },
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
    const more = await made({ pledged: [gone!] })
    expect(more.isNowhere(all)).toBe(false)
    expect(more.isNowhere({ ...all, sealed: [shelf!, gone!] })).toBe(true)
    expect(more.areTogether(by(ann!))).toBe(false)
  })

  test('are together where each is connected, knows of the version, and is at work on the folder', async () => {
    expect((await made()).areTogether(by(ann!))).toBe(true)
    for (const connected of [[], [ann!], [shelf!]]) expect((await made({ connected })).areTogether(by(ann!))).toBe(false)
    for (const own of ['paused', 'blocked', 'held', 'scanning']) expect((await made({ own })).areTogether(by(ann!))).toBe(false)
    for (const said of [
      { hindrance: 'paused' },
      { scanning: true },
      { compared: false },
      { have: [{ author: me!, epoch: 1, seq: 4 }] },
      { have: [] },
    ])
      expect((await made({ said })).areTogether(by(me!))).toBe(false)
  })

  test('are not all there while the author is away, unless it has left', async () => {
    expect((await made()).areTogether(by(gone!))).toBe(false)
    expect((await made({ leavers: [gone!] })).areTogether(by(gone!))).toBe(true)
    expect((await made({ connected: [ann!, shelf!, gone!] })).areTogether(by(gone!))).toBe(true)
  })
})
