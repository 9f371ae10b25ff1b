import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock } from '#base'
import { groupSettingValue, setGroupSetting } from '../../src/daemon/group-settings.ts'
import { OwnPledge } from '../../src/daemon/own-pledge.ts'
import { Settings } from '../../src/daemon/settings.ts'
import { until } from '../peers/devices.ts'
import { join, member, type Member } from '../peers/members.ts'
import { temporaryDirectory } from '../store/subjects.ts'

test.each([
  ['replication_factor', '2', 2],
  ['replication_factor', 255, 255],
  ['leave_after', '3d', '3d'],
  ['leave_after', '36h', '36h'],
  ['leave_after', 90, '90s'],
  ['leave_after', '0', '0'],
] as const)('%s takes %s', async (key, value, shown) => {
  const { group } = await member('a')
  await setGroupSetting(group, key, value)
  expect(groupSettingValue(group, key)).toBe(shown)
})

test.each([
  ['replication_factor', '0'],
  ['replication_factor', '256'],
  ['replication_factor', 'many'],
  ['replication_factor', ''],
  ['replication_factor', 1.5],
  ['replication_factor', true],
  ['leave_after', 'soon'],
  ['leave_after', '1500ms'],
  ['leave_after', '-1d'],
] as const)('%s does not take %j', async (key, value) => {
  const { group } = await member('a')
  await expect(setGroupSetting(group, key, value)).rejects.toMatchObject({
    code: 'usage',
    hint: expect.stringMatching(/^it takes /),
  })
  expect([groupSettingValue(group, 'replication_factor'), groupSettingValue(group, 'leave_after')]).toEqual([3, '7d'])
})

test('null sets what applies without anybody’s word', async () => {
  const { group } = await member('a')
  await setGroupSetting(group, 'replication_factor', 2)
  await setGroupSetting(group, 'replication_factor', null)
  expect(groupSettingValue(group, 'replication_factor')).toBe(3)
})

test('a storage device is told that it is for the members to set', async () => {
  const [a, b] = [await member('a'), await member('b')]
  await join(a, b, 'storage')
  await expect(setGroupSetting(b.group, 'leave_after', '3d')).rejects.toMatchObject({
    code: 'denied',
    message: expect.stringContaining('storage device') as string,
    hint: 'do it on a member of the group',
  })
})

async function pledging(storesFor: 'member' | 'storage'): Promise<{ a: Member; b: Member; own: OwnPledge; settings: Settings }> {
  const [a, b] = [await member('a'), await member('b')]
  const home = temporaryDirectory()
  const settings = new Settings(home)
  const parts = { blocks: { sizes: async () => [] }, layout: () => null, clock: systemClock, logger: silentLogger }
  const own = new OwnPledge({ group: b.group, settings, home, ...parts })
  onTestFinished(() => b.group.settled())
  onTestFinished(own.start())
  if (storesFor === 'storage') await join(a, b, 'storage')
  return { a, b, own, settings }
}

function said(at: Member, of: Member): number {
  return at.group.state.pledge(of.identity.device)
}

test('what this device pledges is said when it is set, and again in a group that it joins', async () => {
  const { a, b, own, settings } = await pledging('member')
  settings.set('pledge', 5)
  await own.tell()
  expect(said(b, b)).toBe(5)
  const before = b.group.state.id
  await join(a, b, 'storage')
  expect(b.group.state.id).not.toBe(before)
  await until(() => said(b, b) === 5)
  await a.group.merge(b.group.log.operations().map((operation) => operation.bytes))
  expect(said(a, b)).toBe(5)
  settings.set('pledge', 0)
  await own.tell()
  expect(said(b, b)).toBe(0)
})

test('a storage device pledges most of the free disk where nobody has said how much, once', async () => {
  const { b, own, settings } = await pledging('storage')
  await until(() => said(b, b) > 0)
  const { bavail, bsize } = statfsSync(tmpdir())
  expect(said(b, b) / (bavail * bsize)).toBeGreaterThan(0.7)
  expect(said(b, b) / (bavail * bsize)).toBeLessThan(0.9)
  expect(settings.values.pledge).toBe(said(b, b))
  settings.set('pledge', 0)
  await own.tell()
  await own.tell()
  expect(said(b, b)).toBe(0)
  const { b: other, settings: none } = await pledging('member')
  expect([said(other, other), none.isSet('pledge')]).toEqual([0, false])
})
