import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock, systemRandom } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { packChunks, type DeviceId } from '#model'
import { hasKept, newTally } from '#replication'
import { FolderReplicas } from '../../src/daemon/folder-replicas.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { author, A, B, device, FOLDER, open, stat, symlink } from '../db/fixtures.ts'
import { idKey, member, sealing, storage, type Member } from '../exchange/segment-devices.ts'
import { newForeign, packIds } from '../store/subjects.ts'

/** What Anna knows of the folder's blocks elsewhere; `isBringing`: she has the folder on her disk. */
function replicasOf(anna: Member, index: SqliteFolderIndex, isBringing = true): FolderReplicas {
  const settings = new Map<string, string | null>()
  return new FolderReplicas({
    folder: FOLDER,
    group: { device: A.id, state: { devices: [], role: () => 'sync' } },
    index: inProcess<FolderIndex>(index),
    store: anna.opener,
    exchange: anna.exchange,
    idKey,
    find: async (_, lengths) => lengths.map(() => null),
    isBringing,
    gone: { before: (items) => items.map(() => null), missed: async () => false, noteBrought: async () => undefined },
    isCompared: () => true,
    isBusy: () => false,
    isAwaited: () => false,
    tally: newTally(),
    notes: { setting: async (key) => settings.get(key) ?? null, putSetting: async (key, value) => void settings.set(key, value) },
    changed: () => undefined,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  })
}

test('a version counts as held by a storage device only when its record is there, too', async () => {
  const [nas, index] = [storage('nas'), open(A)]
  const anna = member(A, index)
  anna.connect(nas)
  const replicas = replicasOf(anna, index)
  onTestFinished(() => replicas.stop())
  const layout = { name: '0'.repeat(32), holders: [[nas.id]], devices: [nas.id] }
  await replicas.follow(layout, [nas.id])
  // It has no content that would have to be there.
  author(index, symlink('link', 'target'))
  const { epoch } = index.have()[0]!
  const isKept = (): boolean => hasKept(replicas.keptOf(nas.id), { author: A.id, epoch, seq: 1 })
  nas.set.writers = [B.id]
  await replicas.bringAll(false)
  expect([isKept(), replicas.obstacles]).toEqual([false, [{ device: nas.id, obstacle: 'refused' }]])
  expect(replicas.isBringingTo(nas.id)).toBe(false)
  nas.set.writers = [A.id]
  await replicas.bringAll(false)
  expect([isKept(), replicas.obstacles]).toEqual([true, []])
  expect(replicas.keptOf('other' as DeviceId)).toBeUndefined()
  // Also after a restart, while it is away.
  await replicas.stop()
  await replicas.follow(layout, [nas.id])
  expect(isKept()).toBe(true)
})

test('a device that has the folder on no disk of its own brings nothing, and learns what others have brought', async () => {
  const [nas, index] = [storage('nas'), open(A)]
  const anna = member(A, index)
  anna.connect(nas)
  author(index, symlink('link', 'target'))
  const { epoch } = index.have()[0]!
  const layout = { name: '0'.repeat(32), holders: [[nas.id]], devices: [nas.id] }
  const [asking, bringing] = [replicasOf(anna, index, false), replicasOf(anna, index)]
  onTestFinished(async () => void (await Promise.all([asking.stop(), bringing.stop()])))
  const knows = async (): Promise<boolean> => {
    await asking.bringAll(true)
    return hasKept(asking.keptOf(nas.id), { author: A.id, epoch, seq: 1 })
  }
  await asking.follow(layout, [nas.id])
  expect(await knows()).toBe(false)
  expect(asking.obstacles).toEqual([])
  await bringing.follow(layout, [nas.id])
  await bringing.bringAll(false)
  expect(await knows()).toBe(true)
})

test('a storage device that comes back is asked about single chunks only where summaries differ, and what waits to go there is needed again', async () => {
  const [nas, index] = [storage(device(9).id), open(A)]
  const anna = member(A, index)
  anna.connect(nas)
  const blocks = Array.from({ length: 600 }, () => newForeign(sealing, 40))
  await nas.calls.take(FOLDER, blocks, null)
  for (let at = 0; at < 600; at += 60) {
    const chunks = packChunks(blocks.slice(at, at + 60))
    author(index, { path: `f${at}`, kind: 'file', stat: stat({ size: 2_400 }), content: { chunker: 1, size: 2_400, chunks } })
  }
  const { lacking } = nas.calls
  let asked = 0
  nas.calls.lacking = (folder, ids) => ((asked += ids.length / 32), lacking(folder, ids))
  const said: string[] = []
  const { shelf } = nas
  const { drop, summarize } = shelf
  shelf.drop = (...args) => (said.push('how far it has seen'), drop.apply(shelf, args))
  shelf.summarize = (...args) => (said.push(`a question, ${args[3] ? '' : 'not '}told`), summarize.apply(shelf, args))
  const replicas = replicasOf(anna, index)
  onTestFinished(() => replicas.stop())
  await replicas.follow({ name: '0'.repeat(32), holders: [[nas.id]], devices: [nas.id] }, [nas.id])
  const { epoch } = index.have()[0]!
  const isKept = (): boolean => hasKept(replicas.keptOf(nas.id), { author: A.id, epoch, seq: 10 })
  await replicas.bringAll(true)
  expect([asked, isKept(), replicas.obstacles]).toEqual([0, true, []])
  expect(said).toEqual(['how far it has seen', 'a question, told'])
  const pending = async () => (await nas.calls.pending(FOLDER, new Uint8Array(0), 9)).since
  const [needed, extra] = [blocks[7]!, newForeign(sealing, 40)]
  await nas.calls.take(FOLDER, [extra], null)
  await nas.calls.note(FOLDER, { unneeded: packIds(needed.id, extra.id), needed: new Uint8Array(0) }, 5)
  await replicas.bringAll(true)
  expect([asked > 0, asked < 30, isKept(), await pending()]).toEqual([true, true, true, [5]])
  nas.store.table.markDamaged(nas.store.table.blockOf(FOLDER, blocks[300]!.id)!.digest)
  await replicas.bringAll(true)
  expect([isKept(), asked < 60]).toEqual([false, true])
})
