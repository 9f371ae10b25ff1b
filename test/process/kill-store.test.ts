import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, settle, until } from './cluster.ts'
import { blocksOnDisk, chunksOnDisk } from './disks.ts'
import { noise, write } from './trees.ts'

const FILES = 40
/** The file that is needed to the end. */
const KEPT = 7
const MB = 1_000_000
const SLICE_MS = 1

const cluster = new Cluster()
let anna: Device
let nas: Device
afterAll(() => cluster.end())

const place = (file: number): string => `photos/${file}.jpg`

async function blocksOf(device: Device): Promise<number> {
  return (await device.client.status()).store.blocks ?? 0
}

/** Ends it by SIGKILL when it has more blocks than that, and starts it again; how many it had then. */
async function killAt(device: Device, blocks: number): Promise<{ again: Device; had: number }> {
  let had = 0
  await until(`it has ${blocks} blocks`, async () => (had = await blocksOf(device)) > blocks)
  await device.kill()
  return { again: await cluster.restart(device), had }
}

/** The files of a device's blocks. */
function filesOf({ options }: Device): string[] {
  return readdirSync(join(options.home, 'store/blocks'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.block'),
  )
}

/** Lets it run in slices that are shorter than it takes to remove some files, until something holds; it stands still then. */
function stopWhen({ pid }: Device, holds: () => boolean): void {
  const slice = new Int32Array(new SharedArrayBuffer(4))
  for (const until = performance.now() + 30_000; performance.now() < until;) {
    process.kill(pid, 'SIGSTOP')
    if (holds()) return
    process.kill(pid, 'SIGCONT')
    // Without it there are machines on which it never gets to run at all.
    Atomics.wait(slice, 0, 0, SLICE_MS)
  }
  throw new Error('it did not hold within 30 s')
}

async function untilProtected(device: Device): Promise<void> {
  await device.cli('wait', '--for', 'protected', '--timeout', '90s')
}

test('kill -9 while versions are sealed, of either side while they go to a device that has joined, and while they are freed here then, leaves all whole', async () => {
  anna = await cluster.start('anna')
  await anna.cli('config', 'set', 'replication_factor', '1')
  await cluster.share('photos', [anna], (root) => {
    for (let file = 0; file < FILES; file++) write(root, place(file), noise(MB, `${file}`))
  })
  const sealing = await killAt(anna, 3)
  anna = sealing.again
  await cluster.share('papers', [anna], (root) => {
    for (let file = 0; file < FILES; file++) write(root, `${file}.txt`, `first ${file}`)
    write(root, 'kept.jpg', noise(MB, 'kept'))
  })
  await untilProtected(anna)
  const all = await blocksOf(anna)
  expect(sealing.had).toBeLessThan(all)

  nas = await cluster.start('nas')
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await nas.cli('join', code)
  await nas.cli('config', 'set', 'pledge', '1GB')
  const moving = await killAt(nas, 3)
  nas = moving.again
  expect(moving.had).toBeLessThan(all)
  await anna.kill()
  anna = await cluster.restart(anna)
  await untilProtected(anna)
  expect(await blocksOf(nas)).toBeGreaterThanOrEqual(all)
  for (const device of [anna, nas]) expect(await device.cli('scrub')).toMatchObject({ damaged: 0 })

  await anna.cli('rm', 'photos/photos', '--recursive')
  await untilProtected(anna)
  await anna.cli('config', 'set', 'gc_grace', '10ms')
  await anna.cli('gc')
  const before = filesOf(anna).length
  const freeing = anna.cli('gc').catch(() => null)
  stopWhen(anna, () => filesOf(anna).length < before)
  await anna.kill()
  await freeing
  anna = await cluster.restart(anna)
  // Nothing more goes before the storage device was asked anew what it has.
  await untilProtected(anna)
  // Files without a row may be all that a lost database has left: they are taken in once more.
  await anna.cli('scrub')
  await until(
    'sweeps have freed all',
    async () => {
      await anna.cli('gc')
      return filesOf(anna).length === 0 && (await blocksOf(anna)) === 0
    },
    40_000,
    async () => [filesOf(anna), await blocksOf(anna)],
  )
  const file = place(FILES - 1)
  const [version] = (await anna.client.versions({ folder: 'photos', path: file })).filter(({ kind }) => kind === 'file')
  const out = join(cluster.directory, 'out.jpg')
  await anna.client.restore({ folder: 'photos', path: file, version: version!.version, to: out })
  expect(readFileSync(out).equals(noise(MB, `${FILES - 1}`))).toBe(true)
})

test('kill -9 of a storage device while it frees what it was told may go loses nothing that is needed, and the rest goes later', async () => {
  // Of what was in them before nothing is to stay, but for two files.
  for (let file = 0; file < FILES; file++) {
    write(cluster.place(anna, 'papers'), `${file}.txt`, `second ${file}`)
    if (file !== KEPT) write(cluster.place(anna, 'photos'), place(file), `second ${file}`)
  }
  const [, kept] = await anna.client.versions({ folder: 'photos', path: place(KEPT) })
  await anna.client.restore({ folder: 'photos', path: place(KEPT), version: kept!.version })
  for (const folder of ['photos', 'papers']) await anna.cli('retention', 'set', folder, '--keep-last', '1')
  for (const folder of ['photos', 'papers']) await settle(folder, anna)
  await untilProtected(anna)
  await anna.cli('gc')
  const needed = chunksOnDisk(nas)
  const told = blocksOnDisk(nas).filter(({ since }) => since !== null)
  expect(new Set(told.map(({ folder }) => folder)).size).toBe(2)
  await nas.cli('config', 'set', 'gc_grace', '10ms')
  const freeing = nas.cli('gc').catch(() => undefined)
  const store = new DatabaseSync(join(nas.options.home, 'store/store.db'), { readOnly: true })
  const waiting = store.prepare('SELECT count(*) AS count FROM unneeded')
  while (waiting.get()!['count'] === told.length) await wait(1)
  await nas.kill()
  store.close()
  await freeing
  nas = await cluster.restart(nas)
  expect(needed.difference(chunksOnDisk(nas))).toEqual(new Set())
  await until('anna sees it', async () => (await anna.client.status()).peers[0]?.connected === true)
  expect(await anna.cli('repair')).toMatchObject({ repaired: 0, lacking: 0 })
  await nas.cli('gc')
  const blocks = blocksOnDisk(nas)
  expect(chunksOnDisk(nas)).toEqual(needed)
  expect(blocks.filter(({ bytes, since }) => bytes === null || since !== null)).toEqual([])
})
