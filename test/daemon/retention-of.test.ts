import { expect, test } from 'vitest'
import { encodePolicy, isEmptyPolicy, parsePolicy } from '#history'
import type { VersionId } from '#model'
import { retentionOf } from '../../src/daemon/retention-of.ts'
import { member } from '../peers/members.ts'

const PIN = 'ab'.repeat(16) as VersionId

test('what a folder keeps is what was said of it; without a word all', async () => {
  const { group } = await member('a')
  const { id: folder } = await group.createFolder({ name: 'f' })
  expect(isEmptyPolicy(retentionOf(group, folder).policy)).toBe(true)
  const policy = parsePolicy({ 'keep-daily': '7', 'keep-within': '1m' })
  await group.say({ kind: 'folder.retention', folder, policy: encodePolicy(policy) })
  await group.say({ kind: 'folder.pin', folder, version: PIN, isPinned: true })
  const upTo = [[group.device, [{ epoch: 3, seq: 4 }]]] as const
  const totals = { created: 1, entries: 0, bytes: 0 }
  await group.say({ kind: 'snapshot.create', folder, id: PIN, name: 's', ...totals, upTo })
  expect(retentionOf(group, folder)).toEqual({
    policy,
    pins: new Set([PIN]),
    snapshots: new Map([['s', new Map([[group.device, new Map([[3, 4]])]])]]),
    fault: null,
  })
})

test('a policy that is not understood here keeps all, and is said to be none of this version', async () => {
  const { group } = await member('a')
  const { id: folder } = await group.createFolder({ name: 'f' })
  for (const [policy, code] of [
    [[2, 1], 'unsupported'],
    [[1, 1], 'corrupt'],
  ] as const) {
    await group.say({ kind: 'folder.retention', folder, policy })
    const { fault, ...retention } = retentionOf(group, folder)
    expect(fault?.code).toBe(code)
    expect(isEmptyPolicy(retention.policy)).toBe(true)
  }
})
