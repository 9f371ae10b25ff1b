import { afterAll, beforeAll, expect, test } from 'vitest'
import { CommandFailed, type Device } from '../../scripts/device.ts'
import { Cluster } from './cluster.ts'
import { write } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = await Promise.all([cluster.start('anna'), cluster.start('ben')])
})
afterAll(() => cluster.end())

const invite = async (...args: string[]): Promise<string> => (await anna.cli<{ code: string }>('invite', ...args)).code

async function refusal(device: Device, code: string): Promise<{ exitCode: number | null; code: string; message: string }> {
  const error = await device.cli('join', code).then(
    () => new Error('it was let in'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof CommandFailed)) throw error
  return error
}

async function expectStrangers(): Promise<void> {
  expect((await anna.client.devices()).map(({ name }) => name)).toEqual(['anna'])
  expect((await ben.client.devices()).map(({ name }) => name)).toEqual(['ben'])
}

test('rubbish is no code', async () => {
  for (const code of ['rubbish', 'hf1', `hf1${'a'.repeat(100)}`]) {
    expect(['usage', 'corrupt']).toContain((await refusal(ben, code)).code)
  }
  await expectStrangers()
})

test('a code with one letter changed lets nobody in', async () => {
  const code = await invite()
  for (const at of [5, Math.floor(code.length / 2), code.length - 8]) {
    const wrong = `${code.slice(0, at)}${code[at] === 'a' ? 'b' : 'a'}${code.slice(at + 1)}`
    expect((await refusal(ben, wrong)).code).not.toBe('internal')
  }
  await expectStrangers()
})

test('a code that is too old lets nobody in', async () => {
  const code = await invite('--expires', '1s')
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const { code: reason, message } = await refusal(ben, code)
  expect(reason).not.toBe('internal')
  expect(message).toMatch(/expired|too old|no longer|valid/i)
  await expectStrangers()
})

test('a code of a device that is not running says so', async () => {
  const away = await cluster.start('away')
  const { code } = await away.cli<{ code: string }>('invite')
  await away.stop()
  expect((await refusal(ben, code)).code).toBe('offline')
})

test('a code lets one device in, once', async () => {
  const code = await invite()
  await ben.cli('join', code)
  const names = (await anna.client.devices()).map(({ name }) => name).toSorted()
  expect(names).toEqual(['anna', 'ben'])
  const carl = await cluster.start('carl')
  const { exitCode, code: reason } = await refusal(carl, code)
  expect(exitCode).toBe(1)
  expect(reason).not.toBe('internal')
  expect(await carl.client.devices()).toHaveLength(1)
})

test('a removed device is told, and hears nothing more', async () => {
  const dora = await cluster.start('dora')
  await dora.cli('join', await invite())
  await anna.cli('devices', 'remove', 'dora')
  expect((await anna.client.devices()).map(({ name }) => name)).not.toContain('dora')
  const place = cluster.place(anna, 'secret')
  write(place, 'secret', 'secret')
  await anna.cli('folder', 'create', place)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect((await dora.client.folders()).map(({ name }) => name)).not.toContain('secret')
  expect((await anna.client.status()).peers.find(({ name }) => name === 'dora')?.connected ?? false).toBe(false)
})

test('two groups of several devices do not become one', async () => {
  const [one, two] = (await cluster.group(['one', 'two'])) as [Device, Device]
  const { code: reason, message } = await refusal(two, await invite())
  expect(reason).not.toBe('internal')
  expect(message).toMatch(/group/)
  expect((await one.client.devices()).length).toBe(2)
})
