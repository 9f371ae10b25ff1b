import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, type Logger } from '#base'
import { groupSettingValue, setGroupSetting } from '../../src/daemon/group-settings.ts'
import { OwnPledge } from '../../src/daemon/own-pledge.ts'
import { until } from '../peers/devices.ts'
import { join, member, type Member } from '../peers/members.ts'

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

function pledging({ group }: Member, bytes: () => number, logger: Logger = silentLogger): OwnPledge {
  const pledge = new OwnPledge({ group, bytes, logger })
  pledge.start()
  onTestFinished(() => group.settled())
  return pledge
}

test('what this device pledges is said when it is set, and again in a group that it joins', async () => {
  const [a, b] = [await member('a'), await member('b')]
  let bytes = 0
  const own = pledging(b, () => bytes)
  bytes = 5
  await own.tell()
  const said = (at: Member): number => at.group.state.pledge(b.identity.device)
  expect(said(b)).toBe(5)
  const before = b.group.state.id
  await join(a, b, 'storage')
  expect(b.group.state.id).not.toBe(before)
  await until(() => said(b) === 5)
  await a.group.merge(b.group.log.operations().map((operation) => operation.bytes))
  expect(said(a)).toBe(5)
  bytes = 0
  await own.tell()
  expect(said(b)).toBe(0)
})
