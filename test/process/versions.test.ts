import { createHash, randomBytes } from 'node:crypto'
import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

interface Version {
  version: string
  kind: string
  size: number
  cause: string
  state: string
  current: boolean
}

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

function versions(device: Device, target: string): Promise<Version[]> {
  return device.cli<Version[]>('versions', target)
}

/** The device is in step with all that it is to keep of a path: every version's content is here. */
async function untilKept(device: Device, target: string, count: number): Promise<void> {
  await until(`${target} is kept`, async () => {
    const all = await versions(device, target)
    return all.length === count && all.every(({ state }) => state === 'kept' || state === 'protected')
  })
}

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

test('every version of an own file is kept, and comes back, with nobody else there', async () => {
  const alone = await cluster.start('alone')
  const place = (await cluster.share('thesis', [alone]))[0]!
  const contents = ['first', 'second, longer', 'third, the longest of them'].map((text) => noise(90_000, text))
  for (const [at, content] of contents.entries()) {
    write(place, 'chapter.tex', content)
    await alone.client.scan({ folder: 'thesis' })
    await untilKept(alone, 'thesis/chapter.tex', at + 1)
    // What an editor has written over is on no disk any more: only the store can have it.
    rmSync(join(place, '.holdfast/archive'), { recursive: true, force: true })
  }
  rmSync(join(place, 'chapter.tex'))
  await alone.client.scan({ folder: 'thesis' })
  const all = await versions(alone, 'thesis/chapter.tex')
  expect(all.map(({ cause, size, current }) => [cause, size, current])).toEqual([
    ['deleted', 0, true],
    ['edited', 90_000, false],
    ['edited', 90_000, false],
    ['added', 90_000, false],
  ])
  const [last, out] = [join(cluster.directory, 'last.tex'), join(cluster.directory, 'out.tex')]
  await alone.cli('restore', 'thesis/chapter.tex', '--to', last)
  expect(sha(readFileSync(last))).toBe(sha(contents[2]!))
  await alone.cli('restore', 'thesis/chapter.tex', '--version', all[2]!.version.slice(0, 10), '--to', out)
  expect(sha(readFileSync(out))).toBe(sha(contents[1]!))
  expect(await alone.cli('restore', 'thesis/chapter.tex', '--version', all[3]!.version)).toMatchObject({ here: true })
  expect(sha(readFileSync(join(place, 'chapter.tex')))).toBe(sha(contents[0]!))
  expect((await versions(alone, 'thesis/chapter.tex'))[0]).toMatchObject({ cause: 'restored', current: true })
  // Everybody begins so: it is no failure, and said once.
  const { notes } = await alone.client.wait({ folder: null, for: 'protected', timeoutSeconds: 60 })
  expect(notes).toMatchObject([{ folder: 'thesis', reasonCode: 'degraded', hint: expect.stringContaining('holdfast invite') }])
  expect(await alone.client.folders()).toMatchObject([{ name: 'thesis', copies: 1, wantedCopies: 3 }])
  const shown = await alone.shown('status')
  expect(shown).toContain('No other devices yet, so all of it is on this one alone: holdfast invite')
  expect(shown).not.toContain('replication_factor')
  await alone.cli('config', 'set', 'replication_factor', '1')
  expect((await alone.client.wait({ folder: null, for: 'protected', timeoutSeconds: 60 })).notes).toEqual([])
  expect(await alone.shown('status')).toContain('No other devices yet: holdfast invite')
  const again = await cluster.restart(await stopped(alone))
  expect((await versions(again, 'thesis/chapter.tex')).length).toBe(5)
})

test('a version is restored on all devices, also where only another one has its content', async () => {
  const places = await cluster.share('shared', [anna, ben], (root) => {
    write(root, 'a.txt', 'as it was\n')
    write(root, 'big.bin', noise(2_000_000, 'old'))
  })
  await settle('shared', anna, ben)
  for (const device of [anna, ben]) for (const path of ['a.txt', 'big.bin']) await untilKept(device, `shared/${path}`, 1)
  write(places[1]!, 'a.txt', 'as it is now, by ben\n')
  write(places[1]!, 'big.bin', noise(2_000_000, 'new'))
  await settle('shared', ben, anna)
  const old = (await versions(anna, 'shared/big.bin')).at(-1)!
  expect(await anna.client.restore({ folder: 'shared', path: 'big.bin', version: old.version })).toMatchObject({ here: true })
  expect(sha(readFileSync(join(places[0]!, 'big.bin')))).toBe(sha(noise(2_000_000, 'old')))
  await settle('shared', anna, ben)
  expectSame(places[0]!, places[1]!)
  expect(sha(readFileSync(join(places[1]!, 'big.bin')))).toBe(sha(noise(2_000_000, 'old')))
  const first = (await versions(ben, 'shared/a.txt')).at(-1)!
  await ben.cli('restore', 'shared/a.txt', '--version', first.version)
  await settle('shared', ben, anna)
  expectSame(places[0]!, places[1]!)
  expect(readFileSync(join(places[0]!, 'a.txt'), 'utf8')).toBe('as it was\n')
})

test('of two devices each keeps its part, and both say when all is protected; one that is away is named', async () => {
  const files = 8
  const contents = Array.from({ length: files }, () => randomBytes(1_000_000))
  const places = await cluster.share('parts', [anna, ben], (root) => {
    for (let at = 0; at < files; at++) write(root, `${at}.bin`, contents[at]!)
  })
  const blocks = async (): Promise<number> => {
    const stored = await Promise.all([anna, ben].map(async (device) => (await device.client.status()).store.bytes!))
    return stored[0]! + stored[1]!
  }
  const before = await blocks()
  await settle('parts', anna, ben)
  for (const device of [anna, ben]) await device.cli('wait', '--folder', 'parts', '--for', 'protected', '--timeout', '60s')
  // A block of each chunk at its anchor, and the files themselves: three copies on two devices.
  expect((await blocks()) - before).toBeLessThan(files * 1_000_000 * 1.1)
  expect((await blocks()) - before).toBeGreaterThan(files * 1_000_000 * 0.9)
  for (const device of [anna, ben]) {
    await until('all is protected', async () => (await folderOf(device, 'parts')).protectedPercent === 100)
    expect((await versions(device, 'parts/3.bin')).map(({ state }) => state)).toEqual(['protected'])
  }
  // What anna writes over is in her store alone then, until ben has taken it in.
  write(places[0]!, '3.bin', noise(1_000_000, 'another'))
  await settle('parts', anna, ben)
  await anna.cli('wait', '--folder', 'parts', '--for', 'protected', '--timeout', '60s')
  const all = await versions(anna, 'parts/3.bin')
  expect(all.map(({ state }) => state)).toEqual(['protected', 'protected'])
  for (const [at, device] of [anna, ben].entries()) {
    const out = join(cluster.directory, `part-${at}`)
    await device.cli('restore', 'parts/3.bin', '--version', all[1]!.version, '--to', out)
    expect(sha(readFileSync(out))).toBe(sha(contents[3]!))
  }
  // Two devices are fewer than three copies ask for.
  expect(await folderOf(anna, 'parts')).toMatchObject({ copies: 2, wantedCopies: 3, protectedPercent: 100 })
  expect(await anna.shown('status')).toMatch(/parts.*: only 2 devices can hold its versions, .* asks for 3: add a device/)
  const away = await stopped(ben)
  write(places[0]!, 'new.txt', 'written while ben is away')
  await anna.client.scan({ folder: 'parts' })
  await untilKept(anna, 'parts/new.txt', 1)
  expect((await versions(anna, 'parts/new.txt'))[0]!.state).toBe('kept')
  expect((await folderOf(anna, 'parts')).protectedPercent).toBeLessThan(100)
  expect(await anna.client.obstacles({ folder: 'parts', for: 'protected' })).toMatchObject([
    { folder: 'parts', message: 'ben has the folder, and is not connected.' },
    { message: '1 version is not kept by ben yet, which is not connected.', hint: expect.stringContaining('devices remove ben') },
  ])
  ben = await cluster.restart(away)
  await settle('parts', anna, ben)
  await anna.cli('wait', '--folder', 'parts', '--for', 'protected', '--timeout', '60s')
})

test('what was saved over, or deleted, before any device had kept it is given up, and all the rest is protected', async () => {
  const [place] = await cluster.share('drafts', [anna, ben], (root) => write(root, 'kept', 'all the time'))
  await settle('drafts', anna, ben)
  await ben.stop()
  for (const draft of [1, 2, 3]) {
    for (const name of ['draft', `draft~${draft}`]) write(place!, name, noise(90_000, `${name} ${draft}`))
    await anna.client.scan({ folder: 'drafts' })
    rmSync(join(place!, `draft~${draft}`))
  }
  await anna.client.scan({ folder: 'drafts' })
  ben = await cluster.restart(ben)
  await anna.cli('wait', '--folder', 'drafts', '--for', 'protected', '--timeout', '60')
  await ben.cli('wait', '--folder', 'drafts', '--for', 'protected', '--timeout', '60')
  const all = await versions(anna, 'drafts/draft')
  expect(all.map(({ state }) => state === 'protected')).toEqual([true, false, false])
})

test('a folder is listed as it was at a time, and with what is deleted', async () => {
  const [place] = (await cluster.share('listed', [anna], (root) => {
    write(root, 'docs/one.txt', '1')
    write(root, 'two.txt', '22')
  })) as [string]
  await anna.client.scan({ folder: 'listed' })
  for (const path of ['docs/one.txt', 'two.txt']) await untilKept(anna, `listed/${path}`, 1)
  const then = new Date().toISOString()
  await new Promise((resolve) => setTimeout(resolve, 20))
  rmSync(join(place, 'docs'), { recursive: true })
  write(place, 'two.txt', 'changed')
  await anna.client.scan({ folder: 'listed' })
  const ls = async (...args: string[]): Promise<string[]> =>
    (await anna.cli<{ path: string; size: number; state: string }[]>('ls', 'listed', ...args)).map(
      ({ path, size, state }) => `${path} ${size} ${state}`,
    )
  expect(await ls('--at', then, '--recursive')).toEqual(['docs 0 here', 'docs/one.txt 1 here', 'two.txt 2 here'])
  expect(await ls('--at', then)).toEqual(['docs 0 here', 'two.txt 2 here'])
  expect(await ls('--deleted', '--recursive')).toEqual(['docs 0 deleted', 'docs/one.txt 0 deleted', 'two.txt 7 here'])
  expect(await ls('--recursive')).toEqual(['two.txt 7 here'])
  await anna.cli('snapshot', 'create', 'listed', 'now')
  write(place, 'a', '')
  await anna.client.scan({ folder: 'listed' })
  // Page by page, whichever list it is.
  for (const [which, paths] of [
    [{ at: then }, ['docs', 'docs/one.txt', 'two.txt']],
    [{ deleted: true }, ['a', 'docs', 'docs/one.txt', 'two.txt']],
    [{ snapshot: 'now' }, ['two.txt']],
    [{}, ['a', 'two.txt']],
  ] as const) {
    const pages = ['', ...paths].map((after) =>
      anna.client.list({ folder: 'listed', recursive: true, limit: 1, after, ...which }),
    )
    expect((await Promise.all(pages)).map((page) => page.map(({ path }) => path))).toEqual([...paths.map((path) => [path]), []])
  }
})

test('what cannot be restored says why, and leaves all as it is', async () => {
  const [place] = (await cluster.share('refused', [anna], (root) => write(root, 'a', 'text'))) as [string]
  await anna.client.scan({ folder: 'refused' })
  await untilKept(anna, 'refused/a', 1)
  await expect(anna.cli('restore', 'refused/a', '--version', 'ffff')).rejects.toMatchObject({ code: 'not-found' })
  await expect(anna.cli('restore', 'refused/never', '--at', new Date().toISOString())).rejects.toMatchObject({
    code: 'not-found',
  })
  await expect(anna.cli('restore', 'refused/a')).rejects.toMatchObject({ exitCode: 2, code: 'usage' })
  await expect(anna.cli('restore', 'refused/never')).rejects.toMatchObject({ code: 'not-found' })
  await expect(anna.cli('restore', 'refused/a', '--at', '2001-01-01')).rejects.toMatchObject({ code: 'not-found' })
  rmSync(join(place, 'a'))
  await anna.client.scan({ folder: 'refused' })
  await expect(anna.cli('restore', 'refused/a', '--at', new Date().toISOString())).rejects.toMatchObject({ code: 'not-found' })
  expect(await anna.cli('restore', 'refused/a')).toMatchObject({ path: 'a', here: true })
  expect(readFileSync(join(place, 'a'), 'utf8')).toBe('text')
  const [only] = await versions(anna, 'refused/a')
  const taken = join(cluster.directory, 'taken')
  write(cluster.directory, 'taken', 'mine')
  await expect(anna.cli('restore', 'refused/a', '--version', only!.version, '--to', taken)).rejects.toMatchObject({
    code: 'exists',
  })
  expect(readFileSync(taken, 'utf8')).toBe('mine')
  await anna.cli('restore', 'refused/a', '--version', only!.version)
  expect((await versions(anna, 'refused/a')).length).toBe(3)
  expect(readFileSync(join(place, 'a'), 'utf8')).toBe('text')
})

test('nothing in the store can be read by whoever has the disk alone', async () => {
  const secret = 'the treasure lies under the third kelp'
  await cluster.share('secrets', [anna], (root) => write(root, 'treasure-map.txt', `${secret}\n`.repeat(5_000)))
  await anna.client.scan({ folder: 'secrets' })
  await untilKept(anna, 'secrets/treasure-map.txt', 1)
  const store = join(anna.options.home, 'store')
  const files = readdirSync(store, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(0)
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name))
    expect(bytes.includes('treasure') || name.includes('treasure')).toBe(false)
  }
})

async function stopped(device: Device): Promise<Device> {
  await device.stop()
  return device
}

test('status says what is protected as it is at the moment, and wait what can never be', async () => {
  const [place] = (await cluster.share('moment', [anna, ben], (root) => write(root, 'a', 'text'))) as [string]
  await settle('moment', anna, ben)
  const protectedNow = async (): Promise<number | null> => (await folderOf(anna, 'moment')).protectedPercent
  await anna.cli('wait', '--folder', 'moment', '--for', 'protected', '--timeout', '60s')
  expect(await protectedNow()).toBe(100)
  await ben.client.pauseFolder({ folder: 'moment', forSeconds: null })
  write(place, 'a', 'edited')
  await anna.client.scan({ folder: 'moment' })
  expect(await protectedNow()).toBeLessThan(100)
  await ben.client.resumeFolder({ folder: 'moment' })
  const plain = cluster.place(anna, 'no-history')
  write(plain, 'a', 'text')
  await anna.client.createFolder({ path: plain, history: 'off' })
  await expect(anna.client.wait({ folder: 'no-history', for: 'protected' })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('no-history keeps no history'),
  })
  const { notes } = await anna.client.wait({ folder: null, for: 'protected', timeoutSeconds: 60 })
  expect(notes).toContainEqual(expect.objectContaining({ folder: 'no-history', reasonCode: 'no-history' }))
})
