import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, until } from './cluster.ts'
import { noise, write } from './trees.ts'

const cluster = new Cluster()
afterAll(() => cluster.end())

/** What no storage device may be found to have. */
const SECRET = 'the-words-that-nobody-may-read'

function sha(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}

async function isConnected(device: Device, name: string): Promise<boolean> {
  return (await device.client.status()).peers.some((peer) => peer.name === name && peer.connected)
}

async function untilProtected(device: Device): Promise<void> {
  await device.cli('wait', '--folder', 'thesis', '--for', 'protected', '--timeout', '60s')
}

async function superseded(device: Device, path: string): Promise<string> {
  const versions = await device.cli<{ version: string; current: boolean }[]>('versions', `thesis/${path}`)
  return versions.find(({ current }) => !current)!.version
}

/** All that is in a directory, file by file. */
function* contents(directory: string): Generator<Buffer> {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) yield readFileSync(join(entry.parentPath, entry.name))
}

/** Of each chain the records that a storage device has segments of, one after another. */
function segmentsOf({ options }: Device): Map<string, [number, number][]> {
  const db = new DatabaseSync(join(options.home, 'store/store.db'), { readOnly: true })
  const rows = db.prepare('SELECT author, epoch, first, last FROM segments WHERE epoch > 0 ORDER BY first').all()
  db.close()
  const chains = Map.groupBy(rows, ({ author, epoch }) => `${String(author)}/${String(epoch)}`)
  return new Map([...chains].map(([chain, all]) => [chain, all.map(({ first, last }) => [Number(first), Number(last)])]))
}

test('a device that has the keys gets a folder with its history from a storage device alone, and again when its index is lost', async () => {
  const [anna, other] = (await cluster.group(['anna', 'carl'])) as [Device, Device]
  let carl = other
  let nas = await cluster.start('nas')
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await nas.cli('join', code)
  await nas.cli('config', 'set', 'pledge', '1GB')
  const [place] = (await cluster.share('thesis', [anna], (root) => {
    write(root, `chapters/${SECRET}.tex`, `${SECRET}\n`.repeat(100))
    write(root, 'figure.bin', noise(300_000, 'figure'))
    // Large enough for a manifest.
    write(root, 'backup.iso', Buffer.alloc(17_000_000, noise(100_000, 'backup')))
    for (let at = 0; at < 300; at++) write(root, `notes/${at}.txt`, `${SECRET} ${at}\n`)
  })) as [string]
  const before = sha(join(place, 'figure.bin'))
  // The storage device is killed while it is brought all that.
  const bringing = anna.cli('rebalance').catch(() => undefined)
  await new Promise((resolve) => setTimeout(resolve, 700))
  await nas.kill()
  nas = await cluster.restart(nas)
  await bringing
  await untilProtected(anna)
  appendFileSync(join(place, 'figure.bin'), noise(10_000, 'more'))
  rmSync(join(place, 'notes/7.txt'))
  await anna.cli('scan', 'thesis')
  await untilProtected(anna)
  await until('the other member knows the folder, and the storage device', async () => {
    const offered = (await carl.client.folders()).some(({ name }) => name === 'thesis')
    return offered && isConnected(carl, 'nas')
  })
  const { id } = (await carl.client.folders())[0]!
  // The first device goes for good before the other one has anything of the folder but its keys.
  await anna.stop()
  await carl.cli('devices', 'remove', 'anna')
  const mine = cluster.place(carl, 'thesis')
  await carl.client.joinFolder({ folder: id, path: mine })
  await carl.cli('wait', '--folder', 'thesis', '--timeout', '40s')
  expectSame(place, mine)
  const old = join(cluster.directory, 'old.bin')
  await carl.cli('restore', 'thesis/figure.bin', '--version', await superseded(carl, 'figure.bin'), '--to', old)
  expect(sha(old)).toBe(before)

  // The index is lost, and what was deleted long ago lies on the disk again.
  await carl.stop()
  const index = join(carl.options.home, 'index')
  for (const name of readdirSync(index)) if (name.startsWith(id)) rmSync(join(index, name))
  write(mine, 'notes/7.txt', `${SECRET} 7\n`)
  write(mine, 'new.txt', 'new')
  carl = await cluster.restart(carl)
  await carl.cli('wait', '--folder', 'thesis', '--timeout', '40s')
  expect(existsSync(join(mine, 'notes/7.txt'))).toBe(false)
  expect(await superseded(carl, 'figure.bin')).toBeDefined()
  expect(await carl.client.conflicts()).toEqual([])

  await nas.stop()
  for (const runs of segmentsOf(nas).values()) runs.forEach(([first], at) => expect(first).toBe((runs[at - 1]?.[1] ?? 0) + 1))
  for (const bytes of contents(nas.options.home))
    for (const text of [SECRET, 'figure', 'notes', 'chapters', 'backup']) expect(bytes.includes(text), text).toBe(false)
})
