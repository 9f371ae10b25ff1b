import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock, systemRandom } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { DeviceId } from '#model'
import { hasKept, newTally } from '#replication'
import { FolderReplicas } from '../../src/daemon/folder-replicas.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { author, A, B, FOLDER, open, symlink } from '../db/fixtures.ts'
import { idKey, member, storage, type Member } from '../exchange/segment-devices.ts'

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
