import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findDaemon } from '../../src/cli/places.ts'
import { Device, pair, type DeviceOptions } from '../../scripts/device.ts'
import { ask } from '../api/running-server.ts'

const checkout = join(import.meta.dirname, '../..')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-binary-')))
const alone = join(root, 'alone')
const user = join(root, 'user')
const cache = join(user, '.cache/holdfast')

/** In a directory with nothing but it, without any variable but HOME. */
const command = ['/usr/bin/env', '-i', '-C', alone, `HOME=${user}`, './holdfast']
const options: DeviceOptions = { home: join(root, 'one'), name: 'one', command }

let one: Device
let other: Device

// Starting over is the one executable's way, and its test's, on Linux alone.
describe.skipIf(process.platform !== 'linux')('the one executable', () => {
  // To build it takes seconds, or minutes where all else is built and tried meanwhile.
  beforeAll(async () => {
    execFileSync(process.execPath, ['scripts/build-bin.ts', '--if-needed'], { cwd: checkout, stdio: 'ignore' })
    for (const directory of [alone, user, join(root, 'files'), join(root, 'copy')]) mkdirSync(directory)
    copyFileSync(join(checkout, 'dist/bin/holdfast'), join(alone, 'holdfast'))
    ;[one, other] = await Promise.all([Device.start(options), Device.start({ home: join(root, 'other'), name: 'other' })])
    await pair(one, other)
  }, 300_000)
  afterAll(async () => {
    await Promise.all([one?.stop(), other?.stop()])
    rmSync(root, { recursive: true })
  })

  const arrived = async (name: string, text: string): Promise<void> => {
    await expect.poll(() => read(join(root, 'copy', name)), { timeout: 30_000 }).toBe(text)
  }

  test('syncs with a device that runs from files, and sees what changes', async () => {
    writeFileSync(join(root, 'files/first.txt'), 'first')
    await one.cli('folder', 'create', join(root, 'files'))
    await expect.poll(async () => (await other.client.folders()).length).toBe(1)
    await other.cli('folder', 'join', 'files', join(root, 'copy'))
    await arrived('first.txt', 'first')
    writeFileSync(join(root, 'files/second.txt'), 'second')
    await arrived('second.txt', 'second')
    writeFileSync(join(root, 'copy/third.txt'), 'third')
    await expect.poll(() => read(join(root, 'files/third.txt')), { timeout: 30_000 }).toBe('third')
    expect(readdirSync(alone)).toEqual(['holdfast'])
  })

  test('serves the page', async () => {
    const { transport } = await findDaemon(options.home)
    const { url } = (await (await transport('/api/v1/page-link', { method: 'POST', headers: {} })).json()) as { url: string }
    const origin = new URL(url).origin
    const cookie = String((await ask(url)).headers['set-cookie']).split(';')[0] ?? ''
    const page = await ask(`${origin}/peers`, 'GET', { cookie })
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
    expect(page.text).toContain('main.js')
    const script = await ask(`${origin}/main.js`, 'GET', { cookie })
    expect(script.headers['content-type']).toContain('text/javascript')
    const again = await ask(`${origin}/main.js`, 'GET', { cookie, 'if-none-match': String(script.headers['etag']) })
    expect([script.status, again.status]).toEqual([200, 304])
    expect((await ask(`${origin}/blake-hash.node`, 'GET', { cookie })).status).toBe(404)
    expect((await ask(`${origin}/../main.js.map`, 'GET', { cookie })).status).toBe(404)
  })

  test('is the command line, too', async () => {
    expect(await one.shown('status')).toContain('files')
    expect(await one.cli('versions', 'files/first.txt')).toHaveLength(1)
    expect((await one.cli<{ name: string }>('status')).name).toBe('one')
    await expect(one.cli('folder', 'pause', 'nothing')).rejects.toThrow('nothing')
  })

  test('keeps its machine code for this user alone, and takes nothing else for it', async () => {
    const names = readdirSync(cache)
    expect(names.map((name) => name.replace(/^[0-9a-f]{32}-/, '')).toSorted()).toEqual(['blake-hash.node', 'watcher.node'])
    expect(statSync(cache).mode & 0o777).toBe(0o700)
    const original = names.map((name) => readFileSync(join(cache, name)))
    await one.stop()
    for (const name of names) writeFileSync(join(cache, name), 'something else')
    one = await Device.start(options)
    writeFileSync(join(root, 'files/fourth.txt'), 'fourth')
    await arrived('fourth.txt', 'fourth')
    expect(readdirSync(cache).map((name) => readFileSync(join(cache, name)))).toEqual(original)
  })
})

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
