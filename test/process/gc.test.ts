import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, joinOffered, settle, until } from './cluster.ts'
import { noise, write } from './trees.ts'

interface Result {
  freedBytes: number
  blocks: number
  waitingBlocks: number
  notes: { folder: string; message: string }[]
}

const SMALL_FILES = 1_500
const LARGE_FILES = 20

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

function sha(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function blocks(device: Device): Promise<number> {
  return (await device.client.status()).store.blocks!
}

function blockFiles(device: Device): string[] {
  const directory = join(device.options.home, 'store/blocks')
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return found.map(({ parentPath, name }) => join(parentPath, name))
}

test('gc takes nothing that a version needs, with any grace, and removes what a crash left', async () => {
  const alone = await cluster.start('alone')
  const place = (await cluster.share('thesis', [alone]))[0]!
  const contents = [1, 2, 3].map(() => randomBytes(200_000))
  for (const content of contents) {
    write(place, 'chapter.tex', content)
    await alone.client.scan({ folder: 'thesis' })
    rmSync(join(place, '.holdfast/archive'), { recursive: true, force: true })
    await until('it is kept', async () => {
      const versions = await alone.client.versions({ folder: 'thesis', path: 'chapter.tex' })
      return versions.every(({ state }) => state === 'kept' || state === 'protected')
    })
  }
  rmSync(join(place, 'chapter.tex'))
  await alone.client.scan({ folder: 'thesis' })
  const before = blockFiles(alone).toSorted()
  const stray = before[0]!.replace(/.{4}\.block$/, 'aaaa.block')
  writeFileSync(stray, 'what a crash left')
  const days = Date.now() / 1000 - 2 * 86_400
  utimesSync(stray, days, days)
  await alone.cli('config', 'set', 'gc_grace', '0')
  expect(await alone.cli('gc', '--dry-run')).toMatchObject({ freedBytes: 0, blocks: 0, waitingBlocks: 0, notes: [] })
  expect(existsSync(stray)).toBe(true)
  expect(await alone.cli('gc')).toMatchObject({ freedBytes: 17, blocks: 0, notes: [] })
  expect(blockFiles(alone).toSorted()).toEqual(before)
  const versions = await alone.client.versions({ folder: 'thesis', path: 'chapter.tex' })
  for (const [at, content] of contents.entries()) {
    const out = join(cluster.directory, `version-${at}`)
    await alone.cli('restore', 'thesis/chapter.tex', '--version', versions.at(-1 - at)!.version, '--to', out)
    expect(sha(readFileSync(out))).toBe(sha(content))
  }
  await expect(alone.cli('config', 'set', 'gc_grace', 'soon')).rejects.toMatchObject({ code: 'usage' })
  expect(await alone.shown('gc')).toBe('0 B freed, in 0 blocks.\n')
})

test('a pin keeps what was forgotten before, also where the policy has gone, or says that it is too late', async () => {
  const alone = await cluster.start('pinning')
  const place = (await cluster.share('essay', [alone]))[0]!
  for (const text of ['first', 'second', 'third']) {
    write(place, 'a.txt', text.repeat(9_000))
    await alone.client.scan({ folder: 'essay' })
    rmSync(join(place, '.holdfast/archive'), { recursive: true, force: true })
    await until('it is kept', async () => {
      const versions = await alone.client.versions({ folder: 'essay', path: 'a.txt' })
      return versions.every(({ state }) => state === 'kept' || state === 'protected')
    })
  }
  await alone.cli('retention', 'set', 'essay', '--keep-last', '1')
  expect(await alone.cli('gc')).toMatchObject({ forgotten: 2, blocks: 0, waitingBlocks: 2 })
  await alone.cli('retention', 'set', 'essay')
  const [, second, first] = await alone.client.versions({ folder: 'essay', path: 'a.txt' })
  await alone.cli('pin', 'essay/a.txt', '--version', first!.version)
  await alone.cli('config', 'set', 'gc_grace', '0')
  expect(await alone.cli('gc')).toMatchObject({ blocks: 1, waitingBlocks: 0, notes: [] })
  const out = join(cluster.directory, 'pinned')
  await alone.cli('restore', 'essay/a.txt', '--version', first!.version, '--to', out)
  expect(readFileSync(out, 'utf8')).toBe('first'.repeat(9_000))
  await expect(alone.cli('pin', 'essay/a.txt', '--version', second!.version)).rejects.toMatchObject({ code: 'not-found' })
})

test('a device that left a folder frees it, through kill -9 in the middle, and loses nothing of the others', async () => {
  const kept = await cluster.share('kept', [anna, ben], (root) => {
    for (let at = 0; at < 200; at++) write(root, `${at}.txt`, noise(2_000, `kept ${at}`))
    write(root, 'large.bin', noise(3_000_000, 'kept'))
  })
  await cluster.share('left', [anna, ben], (root) => {
    for (let at = 0; at < SMALL_FILES; at++) write(root, `d${at % 20}/${at}.txt`, noise(1_000, `left ${at}`))
    for (let at = 0; at < LARGE_FILES; at++) write(root, `${at}.bin`, randomBytes(150_000))
  })
  for (const folder of ['kept', 'left']) await settle(folder, anna, ben)
  write(kept[0]!, 'large.bin', noise(3_000_000, 'kept, edited'))
  await settle('kept', anna, ben)
  for (const device of [anna, ben])
    for (const folder of ['kept', 'left']) await device.cli('wait', '--folder', folder, '--for', 'protected', '--timeout', '90s')
  await ben.client.configSet({ key: 'gc_grace', value: '0' })
  expect(await ben.cli('gc')).toMatchObject({ blocks: 0, notes: [] })
  const before = await blocks(ben)
  await ben.cli('folder', 'leave', 'left')
  const dry = await ben.cli<Result>('gc', '--dry-run')
  expect(dry.blocks).toBeGreaterThan(SMALL_FILES / 3)
  expect(await blocks(ben)).toBe(before)

  const running = ben.client.gc({}).catch(() => undefined)
  await until('some are gone', async () => (await blocks(ben)) < before)
  await ben.kill()
  await running
  ben = await cluster.restart(ben)
  expect(await blocks(ben)).toBeGreaterThanOrEqual(before - dry.blocks)
  await settle('kept', ben, anna)
  expect(await ben.cli('gc')).toMatchObject({ notes: [] })
  expect(await blocks(ben)).toBe(before - dry.blocks)
  expect(await ben.cli<Result>('gc')).toMatchObject({ blocks: 0, notes: [] })

  const versions = await ben.client.versions({ folder: 'kept', path: 'large.bin' })
  expect(versions.map(({ forgotten }) => forgotten)).toEqual([false, false])
  await anna.stop()
  for (const [at, text] of ['kept, edited', 'kept'].entries()) {
    const out = join(cluster.directory, `large-${at}`)
    await ben.cli('restore', 'kept/large.bin', '--version', versions[at]!.version, '--to', out)
    expect(sha(readFileSync(out))).toBe(sha(noise(3_000_000, text)))
  }
  anna = await cluster.restart(anna)
  await joinOffered(ben, 'left', cluster.place(ben, 'left again'))
  await settle('left', anna, ben)
  await ben.cli('wait', '--folder', 'left', '--for', 'protected', '--timeout', '90s')
  expect(await ben.cli<Result>('gc')).toMatchObject({ blocks: 0, notes: [] })
})

test('what was left while nobody else had all of it stays, and gc says so', async () => {
  const alone = await cluster.start('lonely')
  await cluster.share('mine', [alone], (root) => write(root, 'a.txt', noise(5_000, 'mine')))
  await alone.client.scan({ folder: 'mine' })
  await until('it is kept', async () => (await blocks(alone)) > 0)
  await alone.client.configSet({ key: 'gc_grace', value: '0' })
  await alone.client.leaveFolder({ folder: 'mine' })
  const result = await alone.cli<Result>('gc')
  expect(result).toMatchObject({ blocks: 0, notes: [{ message: expect.stringContaining('left it') as string }] })
  expect(await blocks(alone)).toBeGreaterThan(0)
})
