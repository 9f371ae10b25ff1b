import { randomBytes } from 'node:crypto'
import { closeSync, cpSync, existsSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { expect, onTestFailed, onTestFinished, test } from 'vitest'
import { seededRandom, systemClock, systemRandom, type Random } from '#base'
import type { ChunkId } from '#model'
import { scrubBlocks } from '#store'
import { StoreHost } from '../../src/daemon/store-host.ts'
import { newChunk, newSealing, packIds } from '../store/subjects.ts'
import { calls, type StoreCalls } from './store-calls.ts'

const FLIPS = 1_000
/** Flipped bits between two scrubs, at most. */
const AT_ONCE = 20
const SMALL = 4 * 1024

const sealings = [newSealing(), newSealing()]
const chunks = sealings.flatMap((sealing) =>
  [20, 300, 900, 1_500, 3_000, 6_000, 9_000].flatMap((length) =>
    Array.from({ length: 2 }, () => ({ sealing, ...newChunk(sealing, length) })),
  ),
)

function open(directory: string): { host: StoreHost; store: StoreCalls } {
  const host = new StoreHost({ directory, clock: systemClock, random: systemRandom }, { small: SMALL })
  onTestFinished(() => host.close())
  return { host, store: calls(host) }
}

/** Reads every chunk: what is given is right. The ids of those that are not. */
async function read(store: StoreCalls): Promise<Set<ChunkId>> {
  const absent = new Set<ChunkId>()
  for (const { sealing, id, bytes } of chunks) {
    const [found] = await store.read(sealing, packIds(id))
    if (found == null) absent.add(id)
    else expect(Buffer.compare(found, bytes), `the bytes of ${id}`).toBe(0)
  }
  return absent
}

/** What a device does: looks what of all that it is to have is not there, and seals it again from where it is. */
async function heal(store: StoreCalls): Promise<number> {
  let healed = 0
  for (const sealing of sealings) {
    const own = chunks.filter((chunk) => chunk.sealing === sealing)
    const lacking = Buffer.from(await store.lacking(sealing.folder, packIds(...own.map(({ id }) => id)))).toString('hex')
    const gone = own.filter(({ id }) => lacking.includes(id))
    await store.seal(
      sealing,
      gone.map(({ id, bytes }) => ({ id, bytes: new Uint8Array(bytes) })),
    )
    healed += gone.length
  }
  for (const { folder, ids } of await store.damaged()) await store.dropDamaged(folder, ids)
  return healed
}

async function scrub(store: StoreCalls): Promise<{ damaged: number; rebuilds: number }> {
  let [damaged, rebuilds] = [0, 0]
  await scrubBlocks(store, {
    after: '',
    part: 1,
    sealings: () => sealings,
    step: async (at) => void (damaged = at.damaged),
    rebuilt: () => rebuilds++,
  })
  return { damaged, rebuilds }
}

/** A directory in memory where there is one: hundreds of stores are flushed, and no disk is tried here. */
function place(): string {
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'holdfast-flips-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** The files that a store reads: its database with the log, and its blocks. */
function filesOf(directory: string): string[] {
  const blocks = readdirSync(join(directory, 'blocks'), { recursive: true, withFileTypes: true })
  return [
    ...['store.db', 'store.db-wal']
      .map((name) => join(directory, name))
      .filter((file) => statSync(file, { throwIfNoEntry: false })),
    ...blocks.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
  ]
}

/** Flips a bit: of the database, its log and the blocks each as often, and each byte as likely as the other; says in which. */
function flip(directory: string, random: Random): string {
  const kinds = Object.entries(Object.groupBy(filesOf(directory), (file) => extname(file)))
  const [kind, files] = kinds[Math.floor(random.fraction() * kinds.length)]!
  const sizes = files!.map((file) => statSync(file).size)
  let at = Math.floor(random.fraction() * sizes.reduce((a, b) => a + b))
  const which = sizes.findIndex((size) => (at -= size) < 0)
  if (which === -1) return 'nothing'
  const fd = openSync(files![which]!, 'r+')
  const offset = sizes[which]! + at
  const byte = new Uint8Array(1)
  readSync(fd, byte, 0, 1, offset)
  writeSync(fd, Uint8Array.of(byte[0]! ^ (1 << Math.floor(random.fraction() * 8))), 0, 1, offset)
  closeSync(fd)
  return kind
}

test('a thousand flipped bits, wherever they are: all found, all healed, and never a wrong byte given', async () => {
  const seed = Number(process.env['SEED'] ?? randomBytes(4).readUInt32LE())
  onTestFailed(() => console.log(`SEED=${seed} tells it again`))
  const random = seededRandom(seed)
  let directory = place()
  let { host, store } = open(directory)
  await heal(store)
  const places: Record<string, number> = {}
  let [found, rebuilds] = [0, 0]
  for (let done = 0; done < FLIPS;) {
    // Every other time under a store that runs; else under one that a kill has ended, with what was left in its log.
    const isKilled = random.fraction() < 0.5
    if (isKilled) {
      const copy = place()
      cpSync(directory, copy, { recursive: true, filter: (file) => !/damaged-|quarantine|-shm$/.test(file) })
      host.close()
      rmSync(directory, { recursive: true })
      directory = copy
    }
    for (let count = 1 + Math.floor(random.fraction() * AT_ONCE); count > 0; count--) {
      const place = flip(directory, random)
      if (place === 'nothing') continue
      places[place] = (places[place] ?? 0) + 1
      done++
    }
    if (isKilled) ({ host, store } = open(directory))
    const told = `seed ${seed}, after ${done} flips`
    // Half of the time somebody reads before anybody has looked.
    if (random.fraction() < 0.5) await read(store)
    const result = await scrub(store)
    found += result.damaged
    rebuilds += result.rebuilds
    await heal(store)
    expect(await read(store), told).toEqual(new Set())
    expect(await scrub(store), told).toEqual({ damaged: 0, rebuilds: 0 })
    expect(await store.totals(), told).toMatchObject({ blocks: chunks.length, damaged: 0 })
  }
  host.close()
  ;({ host, store } = open(directory))
  expect(await read(store)).toEqual(new Set())
  for (const kind of ['.db', '.db-wal', '.block']) expect(places[kind], kind).toBeGreaterThan(FLIPS / 10)
  expect(found).toBeGreaterThan(0)
  expect(rebuilds).toBeGreaterThan(0)
}, 60_000)
