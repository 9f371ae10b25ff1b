import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandFailed, Device, runCommand } from '../../scripts/device.ts'
import { Cluster, folderOf, until } from './cluster.ts'
import { write } from './trees.ts'

const cluster = new Cluster()
let device: Device
let shared: string

beforeAll(async () => {
  device = await cluster.start('anna')
  shared = cluster.place(device, 'shared')
  mkdirSync(join(shared, 'inside'), { recursive: true })
  await device.cli('folder', 'create', shared)
})
afterAll(() => cluster.end())

/** The error of a command that has to fail. */
async function failure(command: Promise<unknown>): Promise<CommandFailed> {
  const error = await command.then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof CommandFailed)) throw error
  return error
}

describe('a folder cannot be', () => {
  test.each([
    ['a directory inside another folder', () => join(shared, 'inside'), 'denied'],
    ['one around another folder', () => join(shared, '..'), 'denied'],
    ['shared twice', () => shared, 'exists'],
    ['a path where nothing is', () => join(cluster.directory, 'nothing'), 'not-found'],
    ["in Holdfast's own home", () => join(device.options.home, 'logs'), 'denied'],
    ["around Holdfast's own home", () => join(device.options.home, '..'), 'denied'],
    ['the root of the disk', () => '/', 'denied'],
  ])('%s', async (_, path, code) => {
    const { exitCode, code: found, message } = await failure(device.cli('folder', 'create', path(), '--name', 'refused'))
    expect({ exitCode, code: found }).toEqual({ exitCode: 1, code })
    expect(message).toContain('"message"')
    expect((await device.client.folders()).map(({ name }) => name)).toEqual(['shared'])
  })

  test('a file, nor reached through a link into another folder', async () => {
    const [file, link] = [join(cluster.directory, 'file'), join(cluster.directory, 'link')]
    writeFileSync(file, 'x')
    symlinkSync(join(shared, 'inside'), link)
    expect((await failure(device.cli('folder', 'create', file))).code).toBe('usage')
    expect((await failure(device.cli('folder', 'create', link))).code).toBe('denied')
  })

  test('joined when nobody offers it', async () => {
    expect((await failure(device.cli('folder', 'join', 'unheard-of', join(cluster.directory, 'x')))).code).toBe('not-found')
  })
})

test('a folder whose directory cannot be marked is refused with its path, and the group never hears of it', async () => {
  const place = join(cluster.directory, 'unmarkable')
  mkdirSync(place)
  writeFileSync(join(place, '.holdfast'), 'a file of the user')
  const { code, message } = await failure(device.cli('folder', 'create', place))
  expect(code).toBe('exists')
  expect(message).toContain(`${place} cannot be shared`)
  expect(message).not.toContain('/proc/')
  expect((await device.client.folders()).map(({ name }) => name)).toEqual(['shared'])
  rmSync(join(place, '.holdfast'))
  await device.cli('folder', 'create', place)
  await device.cli('folder', 'leave', 'unmarkable')
})

test('a daemon that cannot start says why, ends with 1, and can be started again', async () => {
  const home = join(cluster.directory, 'home', 'no-port')
  const { port } = new URL(device.ready.http)
  const args = ['serve', '--home', home, '--http', `127.0.0.1:${port}`, '--no-lan']
  const began = performance.now()
  const { exitCode, code, message } = await failure(runCommand({ home }, args))
  expect({ exitCode, code }).toEqual({ exitCode: 1, code: 'exists' })
  expect(message).toContain(`port ${port} on 127.0.0.1 is in use`)
  expect(performance.now() - began).toBeLessThan(20_000)
  const again = await cluster.start('no-port')
  expect((await again.stop()).code).toBe(0)
})

test('a name that the group does not take is not kept', async () => {
  expect((await failure(device.cli('config', 'set', 'name', 'anna\u202ekram'))).code).toBe('usage')
  expect(await device.cli('config', 'get', 'name')).toMatchObject({ value: 'anna' })
  // It was started with `--http 127.0.0.1:0`.
  expect(await device.cli('config', 'get', 'http')).toMatchObject({
    value: '127.0.0.1:8390',
    running: new URL(device.ready.http).host,
  })
  await device.cli('config', 'set', 'name', 'anne')
  expect((await device.cli<{ name: string }[]>('devices'))[0]?.name).toBe('anne')
})

test('a place to listen at that is none is refused, as a setting and by serve', async () => {
  const found = async (...args: string[]): Promise<unknown> => {
    const { exitCode, code } = await failure(device.cli(...args))
    return { exitCode, code }
  }
  const usage = { exitCode: 2, code: 'usage' }
  expect(await found('config', 'set', 'listen', 'nonsense')).toEqual(usage)
  expect(await found('config', 'set', 'http', 'nonsense')).toEqual(usage)
  expect(await found('config', 'set', 'http', '0.0.0.0:80')).toEqual({ exitCode: 1, code: 'denied' })
  expect(await device.cli('config', 'get', 'listen')).toMatchObject({ value: '' })
  const home = join(cluster.directory, 'home', 'elsewhere')
  const serve = async (address: string): Promise<CommandFailed> =>
    failure(runCommand({ home }, ['serve', '--http', ':0', '--no-lan', '--listen', address]))
  expect(await serve('nonsense')).toMatchObject(usage)
  const absent = await serve('/ip4/192.0.2.1/tcp/4001')
  expect(absent.message).toContain('cannot listen at /ip4/192.0.2.1/tcp/4001: this computer does not have the address')
})

test('a setting written by hand that cannot be used is told, and keeps no device from starting', async () => {
  const home = join(cluster.directory, 'home', 'by-hand')
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'config.json'), '{"listen":["nonsense"],"http":"0.0.0.0:80"}')
  const mistaken = await cluster.start('by-hand')
  await mistaken.cli('config', 'set', 'listen', '/ip4/127.0.0.1/tcp/0')
  await mistaken.cli('config', 'set', 'http', ':0')
  const { stderr } = await mistaken.stop()
  const log = readFileSync(join(home, 'logs/holdfast.log'), 'utf8')
  for (const key of ['listen', 'http'])
    for (const text of [stderr, log]) expect(text).toContain(`${key} in ${join(home, 'config.json')} cannot be used`)
  expect((await (await cluster.restart(mistaken)).stop()).stderr).toBe('')
})

test('who is not found nearby is told to be made to show itself', async () => {
  const { code, message } = await failure(device.cli('pair', 'nobody'))
  expect(code).toBe('not-found')
  expect(message).toContain('run holdfast nearby there, or choose Add a device on its page')
})

test('a second daemon on the same home is refused, and the first one goes on', async () => {
  const error = await failure(Device.start(device.options))
  expect(error.exitCode).toBe(1)
  expect(error.message).toMatch(/running already/)
  expect(await device.cli('health')).toMatchObject({ ok: true })
})

test('without a daemon a command says so, and ends with 3', async () => {
  const error = await failure(runCommand({ home: join(cluster.directory, 'nobody') }, ['status']))
  expect({ exitCode: error.exitCode, code: error.code }).toEqual({ exitCode: 3, code: 'no-daemon' })
})

test('wrong usage ends with 2, what is not built with 1, and a wait that takes too long with 4', async () => {
  expect((await failure(device.cli('folder', 'create'))).exitCode).toBe(2)
  expect((await failure(device.cli('conflicts', 'resolve', 'shared/x', '--keep', 'neither'))).exitCode).toBe(2)
  const [, ben] = [device, await cluster.start('ben')]
  const { code } = await device.cli<{ code: string }>('invite')
  await ben.cli('join', code)
  const strong = await failure(ben.cli('folder', 'create', cluster.place(ben, 'strong'), '--consistency', 'strong'))
  expect({ exitCode: strong.exitCode, code: strong.code }).toEqual({ exitCode: 1, code: 'unsupported' })
  expect(await folderOf(ben, 'shared')).toMatchObject({ state: 'offered' })
  await ben.cli('folder', 'join', 'shared', cluster.place(ben, 'shared'))
  await device.cli('wait', '--timeout', '20s')
  await ben.stop()
  const late = await failure(device.cli('wait', '--timeout', '1s'))
  expect({ exitCode: late.exitCode, code: late.code }).toEqual({ exitCode: 4, code: 'timeout' })
  expect(late.message).toContain('shared: ben has the folder, and is not connected.')
})

test('an offered folder cannot be joined where none can be shared, and nothing is made there', async () => {
  const carl = await cluster.start('carl')
  const own = cluster.place(carl, 'own')
  write(own, 'file', 'x')
  await carl.cli('folder', 'create', own)
  const { code } = await device.cli<{ code: string }>('invite')
  await carl.cli('join', code)
  await until('it is offered', async () => (await carl.client.folders()).some(({ name }) => name === 'shared'))
  const places: [path: string, code: string][] = [
    [join(own, 'inside', 'deep'), 'denied'],
    [join(own, '..'), 'denied'],
    [own, 'exists'],
    [join(own, 'file'), 'denied'],
    [join(carl.options.home, 'inside'), 'denied'],
    ['/', 'denied'],
  ]
  for (const [path, expected] of places) {
    expect([path, (await failure(carl.cli('folder', 'join', 'shared', path))).code]).toEqual([path, expected])
    expect(await folderOf(carl, 'shared')).toMatchObject({ state: 'offered' })
  }
  expect(readdirSync(own).toSorted()).toEqual(['.holdfast', 'file'])
  expect(existsSync(join(carl.options.home, 'inside'))).toBe(false)
})

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends a daemon in good order, at work or not', async (signal) => {
  const busy = await cluster.start(`busy-${signal}`)
  const place = cluster.place(busy, 'many')
  for (let index = 0; index < 500; index++) write(place, `${index}`, `${index}`)
  await busy.cli('folder', 'create', place)
  const begun = performance.now()
  expect(await busy.stop(signal)).toEqual({ code: 0, stderr: '' })
  expect(performance.now() - begun).toBeLessThan(5_000)
  const again = await cluster.restart(busy)
  await again.cli('wait', '--timeout', '20s')
  expect((await again.client.status()).folders[0]).toMatchObject({ name: 'many', entries: 500, state: 'idle' })
})
