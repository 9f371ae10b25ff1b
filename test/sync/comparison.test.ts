import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom, systemClock } from '#base'
import type { Have } from '#db'
import { NodeFilesystem, TreeDisk } from '#folder'
import { isCompared } from '../../src/sync/comparison.ts'
import type { StateMessage } from '../../src/sync/messages.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, B, C, FOLDER, gone, NOW, open, symlink, type Device } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'
import { connect, engineOf, until } from './engines.ts'

const HAVE: Have[] = [{ author: C.id, epoch: 1, seq: 5 }]

function state(of: Partial<StateMessage>): StateMessage {
  return { type: 'state', folder: FOLDER, have: [], needEntries: 0, needBytes: 0, materialised: true, asks: false, ...of }
}

function peer(
  of: Device,
  said: Partial<StateMessage> | null,
): { device: typeof of.id; state: StateMessage | null; vain: Set<string>; since: number } {
  return { device: of.id, state: said === null ? null : state(said), vain: new Set(), since: 0 }
}

const member = (of: Device, creator = false): { device: typeof of.id; creator: boolean } => ({ device: of.id, creator })

describe('a device has compared', () => {
  const members = [member(B), member(C, true)]

  test('with all the records of one that has', () => {
    const peers = [peer(B, { have: HAVE, compared: true })]
    expect(isCompared({ have: HAVE, peers, members, now: 0 })).toBe(true)
    expect(isCompared({ have: [], peers, members, now: 0 })).toBe(false)
  })

  test('with one that made an empty folder', () => {
    expect(isCompared({ have: [], peers: [peer(C, { compared: true })], members, now: 0 })).toBe(true)
  })

  test('but not with another newcomer, while a member is away that may know more', () => {
    expect(isCompared({ have: [], peers: [peer(B, { compared: false })], members, now: 1e9 })).toBe(false)
    expect(isCompared({ have: HAVE, peers: [peer(B, { compared: false, have: HAVE })], members, now: 1e9 })).toBe(false)
  })

  test('nor while the creator is here and has not said what it knows', () => {
    expect(isCompared({ have: [], peers: [peer(B, { compared: false }), peer(C, null)], members, now: 1e9 })).toBe(false)
  })

  test('when nobody is left who could know more', () => {
    const left = [member(B)]
    expect(isCompared({ have: [], peers: [peer(B, { compared: false })], members: left, now: 0 })).toBe(true)
    expect(isCompared({ have: [], peers: [peer(B, { compared: false, have: HAVE })], members: left, now: 0 })).toBe(false)
    expect(isCompared({ have: HAVE, peers: [peer(B, { compared: false, have: HAVE })], members: left, now: 0 })).toBe(true)
    expect(isCompared({ have: [], peers: [], members: [], now: 0 })).toBe(true)
  })

  test('when all others have lost what they knew, too', () => {
    const peers = [peer(B, { compared: false }), peer(C, { compared: false })]
    expect(isCompared({ have: [], peers, members, now: 0 })).toBe(true)
  })

  test('when the only others take no part, which takes a while to tell', () => {
    expect(isCompared({ have: [], peers: [peer(B, null)], members: [member(B)], now: 60_000 })).toBe(false)
    expect(isCompared({ have: [], peers: [peer(B, null)], members: [member(B)], now: 600_000 })).toBe(true)
  })

  test('with one of an older Holdfast only if that knows something', () => {
    expect(isCompared({ have: [], peers: [peer(B, {})], members, now: 0 })).toBe(false)
    expect(isCompared({ have: HAVE, peers: [peer(B, { have: HAVE })], members, now: 0 })).toBe(true)
  })
})

describe('two devices that join at once', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-join-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  /** A device with the folder on a disk that still holds what was deleted long ago. */
  async function joined(of: Device, index: SqliteFolderIndex): Promise<Awaited<ReturnType<typeof engineOf>>> {
    const at = join(root, of.id)
    mkdirSync(at)
    symlinkSync('old', join(at, 'deleted-long-ago'))
    const disk = new TreeDisk(
      { fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) },
      { root: at, keys: KEYS, device: of.id },
    )
    const identity = await disk.adopt(FOLDER, null)
    const members = [A, B, C].filter((one) => one !== of).map((one) => member(one, one === C))
    return engineOf(index, {
      parts: { disk, identity, idKey: KEYS.idKey, members: () => members },
      settings: { compared: false },
    })
  }

  test('wait for one that knows the folder, and then nothing comes back', async () => {
    const [one, two, three] = [open(A, { now: Date.now() }), open(B, { now: Date.now() }), open(C, { now: NOW })]
    three.author([symlink('deleted-long-ago', 'old')], { now: NOW })
    three.author([gone('deleted-long-ago')], { now: NOW + 1000 })
    const [a, b] = [await joined(A, one), await joined(B, two)]
    connect({ ...a, of: A }, { ...b, of: B })
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect([...one.have(), ...two.have()]).toEqual([])
    const c = await engineOf(three)
    connect({ ...a, of: A }, { ...c, of: C })
    await until(async () => (await a.folder.settled()) && (await b.folder.settled()))
    expect([one, two, three].map((index) => index.have().map(({ author }) => author))).toEqual([[C.id], [C.id], [C.id]])
    await Promise.all([a.engine.stop(), b.engine.stop(), c.engine.stop()])
  })
})
