import { mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, systemClock, type ChildPort, type Spawner } from '#base'
import { openWatcher, type FolderWatcher } from '#folder'
import { nodeSpawner } from '../../src/daemon/node-spawner.ts'
import { temporaryDirectory } from './subjects.ts'

let root: ReturnType<typeof temporaryDirectory>
let watcher: FolderWatcher
let children: ChildPort[]
let hinted: Set<string>
let everything: number
let hints: string[][]

beforeEach(() => {
  root = temporaryDirectory()
  children = []
  hinted = new Set()
  everything = 0
  hints = []
  const real = nodeSpawner()
  const spawner: Spawner = {
    worker: real.worker,
    child(name) {
      const child = real.child(name)
      children.push(child)
      return child
    },
  }
  watcher = openWatcher({ spawner, clock: systemClock, logger: silentLogger })
})

afterEach(async () => {
  await watcher.close()
  root.remove()
})

function watch(): () => void {
  return watcher.watch(root.path, (paths) => {
    if (paths === null) everything++
    else hints.push([...paths])
    for (const path of paths ?? []) hinted.add(path)
  })
}

/** Waits until it holds, for some seconds at most. */
async function until(holds: () => boolean): Promise<number> {
  const start = performance.now()
  while (!holds()) {
    if (performance.now() - start > 6_000) throw new Error(`never: ${String(holds)}; hinted ${[...hinted].join(' ')}`)
    await pause(10)
  }
  return performance.now() - start
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function write(path: string): void {
  writeFileSync(join(root.path, path), 'x')
}

describe('watching a folder', () => {
  it('hints at a saved file within a third of a second, and at nothing of Holdfast’s own', async () => {
    mkdirSync(join(root.path, '.holdfast', 'tmp'), { recursive: true })
    watch()
    await until(() => everything === 1)
    write('.holdfast/tmp/own')
    write('file')
    expect(await until(() => hinted.has('file'))).toBeLessThan(330)
    expect([...hinted]).toEqual(['file'])
  })

  it('hints at files that go at once together, also at the first of them', async () => {
    for (let at = 0; at < 60; at++) write(`${at}`)
    watch()
    await until(() => everything === 1)
    for (let at = 0; at < 60; at++) rmSync(join(root.path, `${at}`))
    await until(() => hinted.size === 60)
    expect(hints).toHaveLength(1)
  })

  it('does not go blind in directories that come all at once, nor in renamed ones', async () => {
    watch()
    await until(() => everything === 1)
    for (let at = 0; at < 20; at++) mkdirSync(join(root.path, `new/deep/${at}`), { recursive: true })
    await until(() => hinted.has('new'))
    hinted.clear()
    // The second hint: from then on they are watched.
    await until(() => hinted.has('new'))
    write('new/deep/7/file')
    await until(() => hinted.has('new/deep/7/file'))
    renameSync(join(root.path, 'new'), join(root.path, 'renamed'))
    await until(() => hinted.has('renamed'))
    hinted.clear()
    await until(() => hinted.has('renamed'))
    write('renamed/deep/9/file')
    await until(() => hinted.has('renamed/deep/9/file'))
  })

  it('hints at a file’s old place together with the new directory that it moved to', async () => {
    write('old')
    watch()
    await until(() => everything === 1)
    await pause(600)
    mkdirSync(join(root.path, 'new'))
    await pause(5)
    renameSync(join(root.path, 'old'), join(root.path, 'new/moved'))
    await until(() => hints.length > 0)
    expect(hints[0]).toEqual(['new', 'old'])
  })

  it('goes on where a tree was moved and then deleted, behind the back of its watches', async () => {
    watch()
    await until(() => everything === 1)
    mkdirSync(join(root.path, 'tree/a/b'), { recursive: true })
    await until(() => hints.length > 1)
    renameSync(join(root.path, 'tree'), join(root.path, 'moved'))
    await pause(100)
    rmSync(join(root.path, 'moved'), { recursive: true })
    await until(() => children.length === 2)
    for (const name of ['one', 'two']) {
      hinted.clear()
      mkdirSync(join(root.path, name, 'deep'), { recursive: true })
      await until(() => hinted.has(name))
      hinted.clear()
      await until(() => hinted.has(name))
      write(`${name}/deep/file`)
      await until(() => hinted.has(`${name}/deep/file`))
    }
    expect(everything).toBe(1)
  })

  it('starts its process again when that dies, and hints at everything then', async () => {
    watch()
    await until(() => everything === 1)
    await children[0]!.stop()
    await until(() => everything === 2)
    expect(children.length).toBe(2)
    write('file')
    await until(() => hinted.has('file'))
  })

  it('uses one process for all folders, and goes on with the others when one is no longer watched', async () => {
    const other = temporaryDirectory()
    const seen = new Set<string>()
    const stop = watch()
    let ready = false
    watcher.watch(other.path, (paths) => {
      if (paths === null) ready = true
      for (const path of paths ?? []) seen.add(path)
    })
    await until(() => everything === 1 && ready)
    stop()
    write('file')
    writeFileSync(join(other.path, 'other'), 'x')
    await until(() => seen.has('other'))
    await pause(200)
    expect(hinted.size).toBe(0)
    expect(children.length).toBe(1)
    other.remove()
  })

  it('tries again while a folder is not there', async () => {
    root.remove()
    watch()
    await pause(300)
    mkdirSync(root.path)
    await until(() => everything === 1)
  })
})

describe('the directory of a folder', () => {
  it('may be moved away and back: both are hinted at, and then it is watched as before, with what has come meanwhile', async () => {
    mkdirSync(join(root.path, 'old'))
    watch()
    await until(() => everything === 1)
    const away = `${root.path}.away`
    renameSync(root.path, away)
    await until(() => everything > 1)
    mkdirSync(join(away, 'new/deep'), { recursive: true })
    const before = everything
    renameSync(away, root.path)
    await until(() => everything > before)
    for (const path of ['file', 'old/file', 'new/deep/file']) {
      write(path)
      await until(() => hinted.has(path))
    }
    expect(children.length).toBe(1)
  })

  it('may be moved and be back before anybody looks', async () => {
    watch()
    await until(() => everything === 1)
    renameSync(root.path, `${root.path}.away`)
    renameSync(`${root.path}.away`, root.path)
    await until(() => everything === 2)
    write('file')
    await until(() => hinted.has('file'))
  })

  it('is hinted at when it is another one, in whatever way it came to that, and then that one is watched', async () => {
    const marker = '.holdfast/marker.json'
    const make = (path: string): void => {
      mkdirSync(join(root.path, path, '.holdfast'), { recursive: true })
      write(`${path}/${marker}`)
    }
    for (const path of ['emptied', 'parent/moved', 'replaced', 'linked', 'target']) make(path)
    symlinkSync('linked', join(root.path, 'link'))
    const seen = new Map<string, (readonly string[] | null)[]>()
    const all = (path: string): number => seen.get(path)!.filter((paths) => paths === null).length
    for (const path of ['emptied', 'parent/moved', 'replaced', 'link']) {
      seen.set(path, [])
      watcher.watch(join(root.path, path), (paths) => seen.get(path)!.push(paths))
    }
    await until(() => [...seen.keys()].every((path) => all(path) === 1))
    rmSync(join(root.path, 'emptied/.holdfast'), { recursive: true })
    renameSync(join(root.path, 'parent'), join(root.path, 'renamed'))
    make('other')
    rmSync(join(root.path, 'replaced'), { recursive: true })
    renameSync(join(root.path, 'other'), join(root.path, 'replaced'))
    unlinkSync(join(root.path, 'link'))
    symlinkSync('target', join(root.path, 'link'))
    await until(() => [...seen.keys()].every((path) => all(path) > 1))
    make('parent/moved')
    await until(() => all('parent/moved') > 2)
    for (const path of seen.keys()) write(`${path}/file`)
    await until(() => [...seen.values()].every((hints) => hints.some((paths) => paths?.includes('file'))))
  })
})
