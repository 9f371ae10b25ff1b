import { beforeEach, describe, expect, it } from 'vitest'
import type { Dir, OpenFile } from '#folder'
import { SimCrash } from '../simulator/sim-disk.ts'
import { SimFilesystem } from '../simulator/sim-filesystem.ts'
import { simSubject, type SimSubject } from './subjects.ts'
import { User } from './user.ts'

const SEEDS = 60
let subject: SimSubject
let fs: SimFilesystem
let root: Dir

function boot(seed: number): void {
  subject = simSubject({}, seed)
  fs = subject.fs
  root = fs.openRoot(subject.root)
}

beforeEach(() => boot(1))

function create(name: string, content: string, dir = root): OpenFile {
  const file = fs.open(dir, name, 'create')
  fs.write(file, Buffer.from(content), 0)
  return file
}

function crashed(): Record<string, string> {
  subject.disk.crash()
  return new User(new SimFilesystem(subject.disk), subject.root).tree()
}

/** What a crash leaves, over many seeds. */
async function outcomes(act: () => Promise<void> | void): Promise<Set<string>> {
  const seen = new Set<string>()
  for (let seed = 0; seed < SEEDS; seed++) {
    boot(seed)
    await act()
    seen.add(JSON.stringify(crashed()))
  }
  return seen
}

describe('the simulated disk', () => {
  it('keeps through a crash what was flushed, name and content', async () => {
    const seen = await outcomes(async () => {
      const file = create('a', 'content')
      await fs.flush([file, root])
    })
    expect([...seen]).toEqual(['{"a":"content"}'])
  })

  it('may lose or tear what was not flushed', async () => {
    const names = await outcomes(async () => fs.flush([create('a', 'content')]))
    expect([...names].toSorted()).toEqual(['{"a":"content"}', '{}'])
    const contents = await outcomes(async () => {
      create('a', 'x'.repeat(2_000))
      await fs.flush([root])
    })
    expect(contents.size).toBeGreaterThan(3)
    expect(contents).toContain('{"a":""}')
  })

  it('makes a rename in both directories or in neither', async () => {
    const seen = await outcomes(async () => {
      fs.mkdir(root, 'd')
      const d = fs.openDir(root, 'd')
      await fs.flush([create('a', 'A'), root])
      fs.rename(root, 'a', d, 'b')
    })
    expect([...seen].toSorted()).toEqual(['{"a":"A","d":"/"}', '{"d":"/","d/b":"A"}'])
  })

  it('keeps the order of a directory’s changes, and those they stand on', async () => {
    const seen = await outcomes(async () => {
      await fs.flush([create('a', 'A'), root])
      fs.rename(root, 'a', root, 'b')
      fs.rename(root, 'b', root, 'c')
    })
    expect([...seen].toSorted()).toEqual(['{"a":"A"}', '{"b":"A"}', '{"c":"A"}'])
    const flushed = await outcomes(async () => {
      fs.mkdir(root, 'd')
      const d = fs.openDir(root, 'd')
      await fs.flush([create('a', 'A')])
      fs.rename(root, 'a', d, 'b')
      await fs.flush([d])
    })
    expect([...flushed]).toEqual(['{"d":"/","d/b":"A"}'])
  })

  it('may lose a flush where it is told to', async () => {
    fs.hooks = { losesFlush: () => true }
    const seen = new Set<string>()
    for (let seed = 0; seed < SEEDS; seed++) {
      boot(seed)
      fs.hooks = { losesFlush: () => true }
      await fs.flush([create('a', 'A'), root])
      seen.add(JSON.stringify(crashed()))
    }
    expect(seen.size).toBeGreaterThan(1)
  })

  it('leaves the same after the same seed', async () => {
    const run = (): string => {
      boot(7)
      for (let at = 0; at < 20; at++) create(`f${at}`, 'x'.repeat(3_000))
      return JSON.stringify(crashed())
    }
    expect(run()).toBe(run())
  })

  it('lets nobody act who was there before a crash', () => {
    const file = create('a', 'A')
    subject.disk.crash()
    expect(() => fs.list(root)).toThrow(SimCrash)
    expect(() => fs.openRoot(subject.root)).toThrow(SimCrash)
    expect(() => fs.write(file, Buffer.from('x'), 0)).toThrow(SimCrash)
  })

  it('lets others act between two calls, and fails those it is told to fail', () => {
    const other = new User(new SimFilesystem(subject.disk), subject.root)
    fs.hooks = {
      before({ call, name, directory }) {
        if (call === 'mkdir') other.write('came-between', 'x')
        if (name === 'bad') throw Object.assign(new Error('EIO'), { code: 'EIO' })
        expect(directory).toBe('/folder')
      },
    }
    expect(() => create('bad', 'x')).toThrow('EIO')
    fs.mkdir(root, 'd')
    expect(other.tree()).toEqual({ 'came-between': 'x', d: '/' })
  })

  it('is full when its capacity is used up', () => {
    subject.disk.capacity = 10
    create('a', '12345678')
    expect(() => create('b', '123')).toThrow('ENOSPC')
    expect(fs.space()).toEqual({ freeBytes: 2, totalBytes: 10 })
    fs.unlink(root, 'a')
    expect(fs.space()).toEqual({ freeBytes: 10, totalBytes: 10 })
  })
})
