import { createHash } from 'node:crypto'
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, joinOffered, until } from './cluster.ts'
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

test('a device that has the keys gets a folder with its history from a storage device alone, and again when its index is lost', async () => {
  const [anna, carl] = (await cluster.group(['anna', 'carl'])) as [Device, Device]
  const nas = await cluster.start('nas')
  const { code } = await anna.cli<{ code: string }>('invite', '--role', 'storage')
  await nas.cli('join', code)
  await nas.cli('config', 'set', 'pledge', '1GB')
  const [place] = (await cluster.share('thesis', [anna], (root) => {
    write(root, `chapters/${SECRET}.tex`, `${SECRET}\n`.repeat(100))
    write(root, 'figure.bin', noise(300_000, 'figure'))
    write(root, 'scan.iso', noise(17_000_000, 'scan'))
    for (let at = 0; at < 40; at++) write(root, `notes/${at}.txt`, `${SECRET} ${at}\n`)
  })) as [string]
  const before = sha(join(place, 'figure.bin'))
  await anna.cli('wait', '--folder', 'thesis', '--for', 'protected', '--timeout', '60s')
  appendFileSync(join(place, 'figure.bin'), noise(10_000, 'more'))
  rmSync(join(place, 'notes/7.txt'))
  await anna.cli('scan', 'thesis')
  await anna.cli('wait', '--folder', 'thesis', '--for', 'protected', '--timeout', '60s')
  await until(
    'carl knows the folder and the storage device',
    async () => (await carl.client.folders()).some(({ name }) => name === 'thesis') && (await isConnected(carl, 'nas')),
  )
  await anna.stop()
  const mine = cluster.place(carl, 'thesis')
  await joinOffered(carl, 'thesis', mine)
  await until(
    'all of it has come',
    async () => (await folderOf(carl, 'thesis')).needEntries === 0 && readdirSync(mine).includes('figure.bin'),
    30_000,
  )
  expectSame(place, mine)
  const versions = await carl.cli<{ version: string; current: boolean }[]>('versions', 'thesis/figure.bin')
  const old = join(cluster.directory, 'old.bin')
  await carl.cli('restore', 'thesis/figure.bin', '--version', versions.find(({ current }) => !current)!.version, '--to', old)
  expect(sha(old)).toBe(before)
  await carl.cli('restore', 'thesis/notes/7.txt')
  expect(readFileSync(join(mine, 'notes/7.txt'), 'utf8')).toBe(`${SECRET} 7\n`)
})
