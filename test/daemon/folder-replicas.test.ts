import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock, systemRandom } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { DeviceId } from '#model'
import { hasKept, newTally } from '#replication'
import { FolderReplicas } from '../../src/daemon/folder-replicas.ts'
import { author, A, B, FOLDER, open, symlink } from '../db/fixtures.ts'
import { idKey, member, storage } from '../exchange/segment-devices.ts'

test('a version counts as held by a storage device only when its record is there, too', async () => {
  const [nas, index] = [storage('nas'), open(A)]
  const anna = member(A, index)
  anna.connect(nas)
  const settings = new Map<string, string | null>()
  const replicas = new FolderReplicas({
    folder: FOLDER,
    group: { device: A.id, state: { devices: [], role: () => 'sync' } },
    index: inProcess<FolderIndex>(index),
    store: anna.opener,
    exchange: anna.exchange,
    idKey,
    find: async (_, lengths) => lengths.map(() => null),
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
