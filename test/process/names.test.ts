import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CommandFailed, pair, type Device } from '../../scripts/device.ts'
import { Cluster, settle } from './cluster.ts'
import { write } from './trees.ts'

const cluster = new Cluster()
let desk: Device
let first: Device
let second: Device
const end = ({ ready }: Device): string => ready.device.slice(-8)

beforeAll(async () => {
  desk = await cluster.start('desk')
  first = await cluster.start('laptop')
  second = await cluster.start('laptop', { home: join(cluster.directory, 'home', 'other-laptop') })
  await pair(desk, first, second)
})
afterAll(() => cluster.end())

const refusal = (device: Device, ...args: string[]): Promise<CommandFailed> =>
  device.cli(...args).then(
    () => expect.fail('it was done'),
    (error: unknown) => (error instanceof CommandFailed ? error : expect.fail(String(error))),
  )

test('two devices of one name are told apart by the ends of their ids, in lists and messages; the others go by their names', async () => {
  const [status, devices] = [await desk.shown('status'), await desk.shown('devices')]
  for (const text of [status, devices]) for (const one of [first, second]) expect(text).toContain(`laptop (${end(one)})`)
  expect(devices).toMatch(/^desk {2,}12D3/m)
  expect(await first.shown('status')).toMatch(/^desk {2,}connected/m)
  const { message } = await refusal(desk, 'devices', 'remove', 'laptop')
  for (const one of [first, second]) expect(message).toContain(end(one))
})

test('hints name a device as the command takes it: by its name where one device alone has that', async () => {
  await cluster.share('notes', [desk, first], (root) => write(root, 'a.txt', 'a'))
  await settle('notes', desk, first)
  await desk.cli('folder', 'share', 'notes', end(first), '--role', 'none')
  expect((await refusal(first, 'wait', '--timeout', '10s')).message).toContain(`folder share notes ${end(first)} --role sync`)
  await desk.cli('folder', 'share', 'notes', end(first))
  await settle('notes', desk, first)
  await first.cli('folder', 'share', 'notes', 'desk', '--role', 'none')
  expect((await refusal(desk, 'wait', '--timeout', '10s')).message).toContain('folder share notes desk --role sync')
})

test('what the group does with one of them says which; the other is then the only one of that name', async () => {
  await desk.cli('devices', 'remove', end(second))
  expect(await first.shown('activity')).toContain(`laptop (${end(second)})`)
  expect(await desk.shown('status')).toMatch(/^laptop {2,}connected/m)
})
