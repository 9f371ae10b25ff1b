import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, folderOf, settle, until } from './cluster.ts'
import { describeTree, differences, noise, write, writeMixedTree, writeSmallFiles } from './trees.ts'

describe('two devices that run as processes', () => {
  const cluster = new Cluster()
  let anna: Device
  let ben: Device

  beforeAll(async () => {
    ;[anna, ben] = (await cluster.group(['anna', 'ben'])) as [Device, Device]
  })
  afterAll(() => cluster.end())

  test('a tree of all sorts arrives byte for byte, and a further sync does nothing', async () => {
    const [here, there] = (await cluster.share('mixed', [anna, ben], writeMixedTree)) as [string, string]
    const before = describeTree(here)
    await settle('mixed', anna, ben)
    expect(differences(before, describeTree(there))).toEqual([])
    expect(differences(before, describeTree(here))).toEqual([])
    expect(await ben.cli('scan', 'mixed')).toMatchObject({ changed: 0 })
    expect(await anna.cli('scan', 'mixed')).toMatchObject({ changed: 0 })
    const { entries, needEntries, conflicts, problems, state } = await folderOf(ben, 'mixed')
    expect({ needEntries, conflicts, problems, state }).toEqual({ needEntries: 0, conflicts: 0, problems: 0, state: 'idle' })
    expect(entries).toBe(Object.keys(before).length)
  })

  test('a renamed file, and a directory, are told of with the place where they were, here and there', async () => {
    const [here] = (await cluster.share('names', [anna, ben], (root) => {
      write(root, 'dir/a', 'a')
      write(root, 'b', 'b')
    })) as [string, string]
    await settle('names', anna, ben)
    renameSync(join(here, 'b'), join(here, 'dir/c'))
    await settle('names', anna, ben)
    renameSync(join(here, 'dir'), join(here, 'tree'))
    await settle('names', anna, ben)
    const renames = async (device: Device) =>
      (await device.client.activity({ limit: 100 })).flatMap(({ event, folder, from, path }) =>
        folder === 'names' && event === 'renamed' ? [`${from} ${path}`] : [],
      )
    expect(await renames(anna)).toEqual(expect.arrayContaining(['b dir/c', 'dir/a tree/a']))
    expect(await renames(ben)).toEqual(['dir tree', 'b dir/c'])
    expect(await ben.shown('activity')).toContain('renamed  names/b → names/dir/c  by anna')
  })

  test('a large file that grows is sent when it has come to rest, and not in each of its states', async () => {
    const [here, there] = (await cluster.share('growing', [anna, ben], (root) => write(root, 'a', 'a'))) as [string, string]
    await settle('growing', anna, ben)
    for (let part = 0; part < 12; part++) {
      appendFileSync(join(here, 'film'), noise(1_500_000, `part ${part}`))
      await new Promise((resolve) => setTimeout(resolve, 400))
    }
    await until('the whole film', () => statSync(join(there, 'film'), { throwIfNoEntry: false })?.size === 18_000_000)
    const kept = (await ben.cli('folder', 'archive', 'growing')) as { path: string }[]
    expect(JSON.stringify(kept).split('"film').length - 1).toBeLessThan(4)
  })

  test('edits, new files, deletions, renames, modes and links go both ways', async () => {
    const [here, there] = (await cluster.share('edits', [anna, ben], (root) => {
      writeSmallFiles(root, 300)
      write(root, 'big', noise(5_000_000, 'big'))
    })) as [string, string]
    await settle('edits', anna, ben)
    appendFileSync(join(here, 'd0/f1'), 'more')
    write(here, 'new/by anna', 'anna')
    renameSync(join(here, 'd1'), join(here, 'renamed'))
    renameSync(join(here, 'big'), join(here, 'new/big'))
    rmSync(join(there, 'd2/f200'))
    write(there, 'new/by ben', 'ben')
    chmodSync(join(there, 'd2/f201'), 0o700)
    symlinkSync('by ben', join(there, 'link'))
    mkdirSync(join(there, 'hollow'))
    await settle('edits', anna, ben)
    expectSame(here, there)
    expect(readFileSync(join(there, 'd0/f1'), 'utf8')).toMatch(/more$/)
    expect(Object.keys(describeTree(there))).toEqual(
      expect.arrayContaining(['new/by anna', 'new/by ben', 'renamed/f100', 'new/big', 'link', 'hollow']),
    )
    expect(describeTree(here)).not.toHaveProperty('d2/f200')
    expect(describeTree(here)['d2/f201']).toMatch(/^file 700/)
  })

  test('a directory that is renamed is renamed there in one step, and goes on to sync', async () => {
    const [here, there] = (await cluster.share('renaming', [anna, ben], (root) => {
      for (let at = 0; at < 1500; at++) write(root, `name/d${at % 20}/f${at}`, `file ${at}`)
      symlinkSync('d0/f0', join(root, 'name/link'))
    })) as [string, string]
    await settle('renaming', anna, ben)
    const inode = (path: string): number => statSync(join(there, path)).ino
    const [directory, file] = [inode('name'), inode('name/d3/f3')]
    renameSync(join(here, 'name'), join(here, 'renamed'))
    await settle('renaming', anna, ben)
    expectSame(here, there)
    expect([inode('renamed'), inode('renamed/d3/f3')]).toEqual([directory, file])
    appendFileSync(join(there, 'renamed/d3/f3'), ' edited')
    rmSync(join(there, 'renamed/d4'), { recursive: true })
    renameSync(join(there, 'renamed/d5'), join(there, 'renamed/D5'))
    await settle('renaming', anna, ben)
    expectSame(here, there)
    expect(readFileSync(join(here, 'renamed/d3/f3'), 'utf8')).toBe('file 3 edited')
    expect(await ben.cli('scan', 'renaming')).toMatchObject({ changed: 0 })
    expect((await folderOf(ben, 'renaming')).entries).toBe(Object.keys(describeTree(there)).length)
  })

  test('file, directory and link change into one another', async () => {
    const [here, there] = (await cluster.share('kinds', [anna, ben], (root) => {
      write(root, 'file', 'f')
      write(root, 'directory/inside', 'd')
      symlinkSync('file', join(root, 'link'))
    })) as [string, string]
    await settle('kinds', anna, ben)
    unlinkSync(join(here, 'file'))
    write(here, 'file/now a directory', '1')
    rmSync(join(here, 'directory'), { recursive: true })
    symlinkSync('file', join(here, 'directory'))
    unlinkSync(join(here, 'link'))
    write(here, 'link', 'now a file')
    await settle('kinds', anna, ben)
    expectSame(here, there)
    expect(describeTree(there)['directory']).toBe('link to file')
    expect(describeTree(there)).toHaveProperty(['file/now a directory'])
  })

  test('swaps, cycles and a directory moved into its own former child keep every file', async () => {
    const [here, there] = (await cluster.share('moves', [anna, ben], (root) => {
      for (const name of ['a', 'b', 'c', 'x', 'y']) write(root, name, noise(20_000, name))
      write(root, 'up/down/leaf', 'leaf')
    })) as [string, string]
    await settle('moves', anna, ben)
    renameSync(join(here, 'x'), join(here, 't'))
    renameSync(join(here, 'y'), join(here, 'x'))
    renameSync(join(here, 't'), join(here, 'y'))
    renameSync(join(here, 'a'), join(here, 't'))
    renameSync(join(here, 'c'), join(here, 'a'))
    renameSync(join(here, 'b'), join(here, 'c'))
    renameSync(join(here, 't'), join(here, 'b'))
    renameSync(join(here, 'up/down'), join(here, 'down'))
    renameSync(join(here, 'up'), join(here, 'down/up'))
    await settle('moves', anna, ben)
    expectSame(here, there)
    expect(readFileSync(join(there, 'x'))).toEqual(noise(20_000, 'y'))
    expect(readFileSync(join(there, 'b'))).toEqual(noise(20_000, 'a'))
    expect(describeTree(there)).toHaveProperty(['down/up'])
  })

  test('what changes while a device is away comes when it is back', async () => {
    const [here, there] = (await cluster.share('away', [anna, ben], (root) => writeSmallFiles(root, 100))) as [string, string]
    await settle('away', anna, ben)
    const { code } = await ben.stop()
    expect(code).toBe(0)
    write(here, 'd0/f1', 'anna wrote while ben was away')
    rmSync(join(here, 'd0/f2'))
    write(there, 'd0/f3', 'ben wrote while his device was stopped')
    write(there, 'new', 'ben')
    rmSync(join(there, 'd0/f4'))
    await anna.cli('scan', 'away')
    ben = await cluster.restart(ben)
    await until('connected again', async () => (await anna.client.status()).peers.every(({ connected }) => connected))
    await settle('away', ben, anna)
    expectSame(here, there)
    expect(readFileSync(join(there, 'd0/f1'), 'utf8')).toMatch(/away$/)
    expect(readFileSync(join(here, 'd0/f3'), 'utf8')).toMatch(/stopped$/)
    expect(Object.keys(describeTree(here))).toHaveLength(100)
    expect((await anna.client.conflicts()).length).toBe(0)
  })

  test('both restart and find each other again', async () => {
    const [here, there] = (await cluster.share('again', [anna, ben])) as [string, string]
    await Promise.all([anna.stop(), ben.stop()])
    anna = await cluster.restart(anna)
    ben = await cluster.restart(ben)
    write(here, 'hello', 'hello')
    await settle('again', anna, ben)
    expectSame(here, there)
    expect(describeTree(there)).toHaveProperty('hello')
  })
})

test('who leaves a folder is waited for no longer', async () => {
  const cluster = new Cluster()
  try {
    const devices = await cluster.group(['one', 'two', 'three'])
    const [here, there] = (await cluster.share('left', devices, (root) => write(root, 'a', 'first'))) as [string, string]
    await settle('left', ...devices)
    await devices[2]!.cli('folder', 'leave', 'left')
    write(here, 'b', 'second')
    await devices[0]!.cli('wait', '--folder', 'left', '--timeout', '20s')
    expect(readFileSync(join(there, 'b'), 'utf8')).toBe('second')
  } finally {
    await cluster.end()
  }
})

test('three devices have the same; a change reaches the third through the second', async () => {
  const cluster = new Cluster()
  try {
    const devices = await cluster.group(['one', 'two', 'three'])
    const [one, two, away] = devices as [Device, Device, Device]
    const places = await cluster.share('all', devices, (root) => writeSmallFiles(root, 200))
    await settle('all', one, two, away)
    expectSame(places[0]!, ...places.slice(1))
    for (const [index, place] of places.entries()) write(place, `by ${index}`, noise(50_000, String(index)))
    await settle('all', one, two, away, one)
    expectSame(places[0]!, ...places.slice(1))

    await away.stop()
    write(places[0]!, 'd0/f0', 'only two hears this from one')
    await settle('all', one)
    await one.stop()
    const three = await cluster.restart(away)
    await settle('all', three)
    expectSame(places[0]!, ...places.slice(1))
    expect(readFileSync(join(places[2]!, 'd0/f0'), 'utf8')).toMatch(/from one$/)
  } finally {
    await cluster.end()
  }
})
