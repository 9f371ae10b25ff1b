import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle } from './cluster.ts'
import { debianSource } from './debian-source.ts'
import { describeTree, differences, write } from './trees.ts'

const MODULES = join(import.meta.dirname, '../../node_modules')
/** Of it: Node itself is one large file, of which there are others elsewhere; and what tools note there while they run changes. */
const LEFT_OUT = new Set(['node', '.vite', '.vite-temp', '.vitest', '.cache'])
/** Many thousand files, some of them large, take their time on a busy machine. */
const MODULES_MS = 150_000
const COMMITS = 15

const cluster = new Cluster()
let anna: Device
let ben: Device

beforeAll(async () => {
  ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
})
afterAll(() => cluster.end())

async function arrivesWhole(folder: string, source: string, names: readonly string[], ms = 40_000): Promise<void> {
  const places = (await cluster.share(folder, [anna, ben], (root) => {
    for (const name of names)
      cpSync(join(source, name), join(root, name), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  })) as [string, string]
  const before = describeTree(places[0])
  expect(Object.keys(before).length).toBeGreaterThan(100)
  await anna.client.wait({ folder, timeoutSeconds: ms / 1000 })
  await settle(folder, anna, ben)
  expect(differences(before, describeTree(places[1]))).toEqual([])
  expect(differences(before, describeTree(places[0]))).toEqual([])
  expect(await folderOf(ben, folder)).toMatchObject({ state: 'idle', problems: 0, conflicts: 0 })
}

test('the project’s own node_modules arrives whole', async () => {
  const names = readdirSync(MODULES).filter((name) => !LEFT_OUT.has(name))
  expect(names).toEqual(expect.arrayContaining(['.bin', '.package-lock.json', '@libp2p', 'typescript', 'zod']))
  await arrivesWhole('modules', MODULES, names, MODULES_MS)
}, 180_000)

test('a Debian source package arrives whole', async (context) => {
  const source = debianSource()
  if (source === null) context.skip('no Debian source package can be had here (apt, its keyring and a network are needed)')
  else await arrivesWhole('debian', source, readdirSync(source))
}, 120_000)

const hasGit = spawnSync('git', ['--version']).status === 0

test.skipIf(!hasGit)(
  'a git repository stays sound on both devices while commits are made',
  async () => {
    const [here, there] = (await cluster.share('repository', [anna, ben])) as [string, string]
    const git = (root: string, ...args: string[]): string =>
      execFileSync('git', ['-C', root, '-c', 'user.name=Anna', '-c', 'user.email=anna@example.org', ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
    git(here, 'init', '--quiet', '--initial-branch', 'main')
    write(here, '.gitignore', '.holdfast/\nnotes/\n')
    // What gc removes is not to be more than half of the folder, which would wait for the user's word.
    for (let at = 0; at < 200; at++) write(here, `notes/${at}`, `${at}`)
    for (let count = 0; count < COMMITS; count++) {
      write(here, `chapter-${count % 4}/text.md`, `A chapter, ${count}\n`.repeat(50 + count))
      appendFileSync(join(here, 'log'), `${count}\n`)
      git(here, 'add', '--all')
      git(here, 'commit', '--quiet', '--message', `Commit ${count}`)
      if (count === 8) git(here, 'gc', '--quiet')
      if (count === 10) git(here, 'checkout', '--quiet', '-b', 'other')
      await pause(100)
    }
    await settle('repository', anna, ben)
    expectSame(here, there)
    for (const root of [here, there]) {
      expect(spawnSync('git', ['-C', root, 'fsck', '--full', '--strict'], { encoding: 'utf8' })).toMatchObject({ status: 0 })
      expect(git(root, 'status', '--porcelain')).toBe('')
      expect(git(root, 'rev-list', '--count', 'HEAD').trim()).toBe(String(COMMITS))
    }
    expect((await ben.client.conflicts()).filter((one) => one.folder === 'repository')).toEqual([])

    // And back: the other device goes on with it.
    appendFileSync(join(there, 'log'), 'by ben\n')
    git(there, 'commit', '--quiet', '--all', '--message', 'By Ben')
    await settle('repository', ben, anna)
    expectSame(here, there)
    expect(git(here, 'log', '-1', '--format=%s').trim()).toBe('By Ben')
    expect(spawnSync('git', ['-C', here, 'fsck', '--full', '--strict'])).toMatchObject({ status: 0 })
  },
  60_000,
)

test('a whole tree moved into a new directory, with edits on the way, is the same afterwards', async () => {
  const [here, there] = [cluster.place(anna, 'modules'), cluster.place(ben, 'modules')]
  const { sent } = await traffic()
  mkdirSync(join(here, 'vendor'))
  cpSync(join(here, 'zod'), join(here, 'vendor/zod-copy'), { recursive: true, preserveTimestamps: true })
  write(here, 'vendor/zod-copy/package.json', '{}\n')
  await settle('modules', anna, ben)
  expectSame(here, there)
  expect(existsSync(join(there, 'vendor/zod-copy/package.json'))).toBe(true)
  // Copies are made of what is on the disk there already: only records cross the network.
  expect((await traffic()).sent - sent).toBeLessThan(1_000_000)
})

async function traffic(): Promise<{ sent: number }> {
  // On a connection of its own: one that was kept may just be closing after its five seconds.
  const text = await (await fetch(`${anna.ready.http}/metrics`, { headers: { connection: 'close' } })).text()
  return { sent: Number(/^holdfast_sent_bytes_total (\d+)/m.exec(text)?.[1]) }
}
