import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { seededRandom, silentLogger, systemClock } from '#base'
import { blockDigest } from '#content'
import { toHex } from '#model'
import { Group, loadIdentity } from '#peers'
import type { Device } from '../../scripts/device.ts'
import { cidOf } from '../../src/store/cid.ts'
import { shards } from '../../src/store/shards.ts'
import { MemoryStore } from '../peers/memory-store.ts'

/** A block that a device says it has, as it lies on the disk. */
export interface BlockOnDisk {
  folder: string
  chunk: string
  digest: string
  /** Since when (ms) nothing needs it. */
  since: number | null
  /** null: there is none, or not the one that its name tells. */
  bytes: Uint8Array | null
}

/** What the store in a home says that it has, read past the daemon, which may be running. */
export function blocksOnDisk({ options: { home } }: Pick<Device, 'options'>): BlockOnDisk[] {
  const db = new DatabaseSync(join(home, 'store/store.db'), { readOnly: true })
  const rows = db
    .prepare(
      `SELECT id, chunk, digest, blocks.bytes, since FROM blocks JOIN folders ON folders.number = folder
        LEFT JOIN unneeded ON block = blocks.number WHERE chunk IS NOT NULL AND damaged = 0`,
    )
    .all() as { id: string; chunk: Uint8Array; digest: Uint8Array; bytes: Uint8Array | null; since: number | null }[]
  db.close()
  const files = blockFiles(home)
  return rows.map(({ id, chunk, digest, bytes, since }) => {
    const found = bytes ?? readAt(files.get(shards.encode(cidOf(digest)).file))
    const isIt = found !== null && toHex(blockDigest(found)) === toHex(digest)
    return { folder: id, chunk: toHex(chunk), digest: toHex(digest), since, bytes: isIt ? found : null }
  })
}

/** The chunks of which blocks are needed on a device, each once. */
export function chunksOnDisk(device: Pick<Device, 'options'>): Set<string> {
  return new Set(blocksOnDisk(device).flatMap(({ folder, chunk, since }) => (since === null ? [`${folder} ${chunk}`] : [])))
}

/** The files of blocks in a home: their paths, by their names. */
function blockFiles(home: string): Map<string, string> {
  const found = readdirSync(join(home, 'store'), { recursive: true, withFileTypes: true })
  return new Map(found.flatMap(({ name, parentPath }) => (name.endsWith('.block') ? [[name, join(parentPath, name)]] : [])))
}

/** The group as a device makes it out with its own keys, from the log in its home or in another one's. */
export async function groupOnDisk({ options: { home } }: Device, log: Device): Promise<Group> {
  const store = new MemoryStore()
  const db = new DatabaseSync(join(log.options.home, 'index/device.db'), { readOnly: true })
  const rows = db.prepare('SELECT operation FROM group_log ORDER BY number').all() as { operation: Uint8Array }[]
  db.close()
  store.log = rows.map(({ operation }) => operation)
  const identity = await loadIdentity(home, silentLogger)
  const group = new Group({ identity, store, clock: systemClock, random: seededRandom(1), logger: silentLogger }, { name: '' })
  await group.load()
  return group
}

function readAt(path: string | undefined): Uint8Array | null {
  return path !== undefined && existsSync(path) ? readFileSync(path) : null
}
