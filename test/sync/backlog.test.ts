import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { seededRandom, systemClock } from '#base'
import type { Have, LocalChange } from '#db'
import { NodeFilesystem, TreeDisk } from '#folder'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { Backlog } from '../../src/sync/backlog.ts'
import type { FolderPeer } from '../../src/sync/folder-peer.ts'
import { decodeMessage, type StateMessage } from '../../src/sync/messages.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A, B, C, FOLDER, gone, NOW, open, send, symlink, type Device } from '../db/fixtures.ts'
import { KEYS } from '../folder/test-folder.ts'
import type { MemoryLink } from '../peers/memory-link.ts'
import { connect, engineOf, until } from './engines.ts'

const chain = (of: Device, seq: number): Have => ({ author: of.id, epoch: 1, seq })

function peer(of: Device, said: Partial<StateMessage>): FolderPeer {
  const state: StateMessage = {
    ...{ type: 'state', folder: FOLDER, have: [], needEntries: 0, needBytes: 0, materialised: true, asks: false, compared: true },
    ...said,
  }
  return { device: of.id, send: () => Promise.resolve(), state, vain: new Set(), since: 0, told: null }
}

describe('records are waited for', () => {
  let have: Have[] = []
  let clock = new HandClock()
  let backlog: Backlog
  let isNew = false
  beforeEach(() => {
    have = []
    isNew = false
    clock = new HandClock()
    const mine = ({ author }: Pick<Have, 'author'>): number => have.find((one) => one.author === author)?.seq ?? 0
    backlog = new Backlog({ clock, mine, isNew: () => isNew })
  })
  const came = (...items: Have[]): void => {
    have = items
    backlog.came()
  }

  test('until all that the other said it had is here', () => {
    backlog.said(peer(A, { have: [chain(A, 3000), chain(B, 2000)], superseded: 2000 }))
    expect(backlog.records).toBe(5000)
    came(chain(A, 3000), chain(B, 1999))
    expect(backlog.records).toBe(1)
    came(chain(A, 3001), chain(B, 2000))
    expect(backlog.records).toBe(0)
  })

  test('only where there are many, and some that others supersede', () => {
    backlog.said(peer(A, { have: [chain(A, 100_000)], superseded: 0 }))
    backlog.said(peer(B, { have: [chain(A, 250), chain(B, 250)], superseded: 200 }))
    expect(backlog.records).toBe(0)
    backlog.said(peer(C, { have: [chain(A, 251), chain(B, 250)] }))
    expect(backlog.records).toBe(501)
  })

  test('also few by a new device, where some supersede others or may be in conflict', () => {
    isNew = true
    backlog.said(peer(A, { have: [chain(A, 3)], superseded: 1 }))
    expect(backlog.records).toBe(3)
    came(chain(A, 3))
    backlog.said(peer(B, { have: [chain(A, 3), chain(B, 1)], superseded: 0 }))
    expect(backlog.records).toBe(1)
    came(chain(A, 3), chain(B, 1))
    backlog.said(peer(C, { have: [chain(C, 100_000)], superseded: 0 }))
    expect(backlog.records).toBe(0)
  })

  test('but not of a device that is catching up itself', () => {
    backlog.said(peer(A, { have: [chain(A, 3000)], superseded: 1, compared: false }))
    expect(backlog.records).toBe(0)
  })

  test('of the first of several to have given all', () => {
    const [a, b] = [
      peer(A, { have: [chain(A, 1000)], superseded: 1 }),
      peer(B, { have: [chain(A, 1000), chain(B, 1000)], superseded: 1 }),
    ]
    backlog.said(a)
    backlog.said(b)
    came(chain(A, 999))
    expect(backlog.records).toBe(1001)
    came(chain(A, 1000))
    expect(backlog.records).toBe(0)
  })

  test('no longer where the device has gone, cannot give them, or is silent for half a minute', () => {
    const a = peer(A, { have: [chain(A, 1000), chain(B, 1000)], superseded: 1 })
    backlog.said(a)
    backlog.drop(a)
    expect(backlog.records).toBe(0)

    backlog.said(a)
    backlog.refused(a, chain(A, 1))
    expect(backlog.records).toBe(1000)
    backlog.refused(a, chain(B, 1))
    expect(backlog.records).toBe(0)

    backlog.said(a)
    clock.pass(29_999)
    came(chain(A, 1))
    clock.pass(29_999)
    expect(backlog.records).toBe(1999)
    clock.pass(1)
    expect(backlog.records).toBe(0)
  })
})

describe('a device that joins', () => {
  const LINKS = 900
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-backlog-'))
  })
  afterEach(() => rmSync(root, { recursive: true, force: true }))

  const links = Array.from({ length: LINKS }, (_, n) => `link-${String(n).padStart(3, '0')}`)
  const shown = (): string[] => readdirSync(root).filter((name) => name !== '.holdfast')

  /** Records in three pages at least: links that lead far, and what comes then. */
  function written(...then: LocalChange[]): SqliteFolderIndex {
    const index = open(A)
    for (let at = 0; at < LINKS; at += 300)
      index.author(
        links.slice(at, at + 300).map((path) => symlink(path, `to/${'x'.repeat(1500)}`)),
        { now: NOW + at },
      )
    if (then.length > 0) index.author(then, { now: NOW + 10_000 })
    return index
  }

  /** A device on an empty disk, connected with one that has `index`, of whose records only so many pages get through. */
  async function joined(index: SqliteFolderIndex, { pages = 1, compared = false } = {}) {
    const disk = new TreeDisk(
      { fs: new NodeFilesystem(), clock: systemClock, random: seededRandom(1) },
      { root, keys: KEYS, device: C.id },
    )
    const identity = await disk.adopt(FOLDER, null)
    const mine = open(C)
    const a = await engineOf(index)
    const members = () => [{ device: A.id, creator: true }]
    const c = await engineOf(mine, { parts: { disk, identity, members, idKey: KEYS.idKey }, settings: { compared } })
    const [toA] = connect({ ...c, of: C }, { ...a, of: A })
    const release = holdPages(toA, pages)
    await until(() => (pages > 0 ? mine.have().length > 0 : c.folder.exchange.peers[0]?.state != null))
    const stop = async (): Promise<void> => void (await Promise.all([a.engine.stop(), c.engine.stop()]))
    return { folder: c.folder, toA, release, stop }
  }

  /** Lets so many answers through; the rest comes with the call of what this returns. */
  function holdPages(at: MemoryLink, count: number): () => void {
    const arrive = at.arrive.bind(at)
    const held: Uint8Array[] = []
    let pages = 0
    let isOpen = false
    at.arrive = (message) => {
      if (!isOpen && decodeMessage(message).type === 'batches' && pages++ >= count) held.push(message)
      else arrive(message)
    }
    return () => {
      isOpen = true
      held.splice(0).forEach(arrive)
    }
  }

  const rest = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 300))

  test('builds nothing before it has all records, where some supersede others', async () => {
    const { folder, release, stop } = await joined(written(...links.slice(1).map(gone)))
    await rest()
    expect(shown()).toEqual([])
    expect(folder.standing).toMatchObject({ state: 'syncing', reasonCode: 'receiving-index' })
    expect(folder.standing.reason).toMatch(/^Receiving the index: 1,\d99 records to come\.$/)
    release()
    await until(() => folder.settled())
    expect(shown()).toEqual(['link-000'])
    expect(readdirSync(join(root, '.holdfast/archive'))).toEqual([])
    await stop()
  })

  test('shows the versions of a conflict as they are, and never one in the place of the other', async () => {
    const [index, other] = [open(A), open(B)]
    index.author([symlink('x', 'by a')], { now: NOW })
    other.author([symlink('x', 'by b')], { now: NOW + 1 })
    send(other, index)
    const { folder, release, stop } = await joined(index)
    await rest()
    expect(shown()).toEqual([])
    release()
    await until(() => folder.settled())
    expect(shown()).toHaveLength(2)
    expect(readdirSync(join(root, '.holdfast/archive'))).toEqual([])
    await stop()
  })

  test('has not settled while they are to come, even before the first', async () => {
    const { folder, release, stop } = await joined(written(...links.map(gone)), { pages: 0, compared: true })
    await rest()
    expect(await folder.settled()).toBe(false)
    release()
    await until(() => folder.settled())
    await stop()
  })

  test('builds what is here when the other device has gone', async () => {
    const { toA, stop } = await joined(written(...links.slice(1).map(gone)))
    toA.close()
    await until(() => shown().length > 0)
    await stop()
  })

  test('begins with the first page where none supersedes another', async () => {
    const { folder, release, stop } = await joined(written())
    await until(() => shown().length === 300)
    release()
    await until(async () => shown().length === LINKS && (await folder.settled()))
    await stop()
  })
})
