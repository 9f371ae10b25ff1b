import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  chmodSync,
  chownSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isOneFile, ownFile, ownModule, removeOld, unpacked } from '../../src/base/own-files.ts'

let root: string
let directory: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-own-'))
  directory = join(root, 'a/cache')
})
afterEach(() => rmSync(root, { recursive: true }))

const bytes = Buffer.from('machine code')

describe('what is unpacked', () => {
  test('is this user’s alone, and the same file each time', () => {
    const path = unpacked(directory, 'x.node', bytes)
    const first = statSync(path)
    expect(readFileSync(path)).toEqual(bytes)
    expect([statSync(directory).mode & 0o777, first.mode & 0o777]).toEqual([0o700, 0o700])
    expect(unpacked(directory, 'x.node', bytes)).toBe(path)
    expect(statSync(path).ino).toBe(first.ino)
    expect(readdirSync(directory)).toHaveLength(1)
  })

  test('is written anew where something else lies in its place', () => {
    const path = unpacked(directory, 'x.node', bytes)
    writeFileSync(path, 'machine c0de')
    expect(readFileSync(unpacked(directory, 'x.node', bytes))).toEqual(bytes)
    rmSync(path)
    writeFileSync(join(root, 'same'), bytes)
    symlinkSync(join(root, 'same'), path)
    unpacked(directory, 'x.node', bytes)
    writeFileSync(join(root, 'same'), 'changed later')
    expect(readFileSync(path)).toEqual(bytes)
  })

  test('is put there also where a part was left by a process that had this one’s number', () => {
    const path = unpacked(directory, 'x.node', bytes)
    rmSync(path)
    const part = `${path}.${process.pid}`
    writeFileSync(part, 'not all')
    expect(unpacked(directory, 'x.node', bytes)).toBe(path)
    expect(readFileSync(part, 'utf8')).toBe('not all')
  })

  test('goes when other versions have had it for a month, with parts of it', () => {
    const [path, other] = [unpacked(directory, 'x.node', bytes), unpacked(directory, 'y.node', bytes)]
    const [old, young] = ['older', 'younger'].map((text) => unpacked(directory, 'x.node', Buffer.from(text))) as [string, string]
    writeFileSync(`${path}.4711`, 'not all')
    for (const each of [path, other, old, `${path}.4711`]) utimesSync(each, 1, 1)
    removeOld(path, 'x.node')
    expect(readdirSync(directory).toSorted()).toEqual([path, other, young].map((each) => basename(each)).toSorted())
  })

  test('goes into no directory that others may write to', () => {
    mkdirSync(directory, { recursive: true })
    chmodSync(directory, 0o777)
    unpacked(directory, 'x.node', bytes)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    const link = join(root, 'link')
    symlinkSync(directory, link)
    expect(() => unpacked(link, 'x.node', bytes)).toThrow(`${link} is not a directory of this user`)
  })

  test.skipIf(process.getuid?.() !== 0)('goes into no directory of another user', () => {
    mkdirSync(directory, { recursive: true })
    chownSync(directory, 12_345, 12_345)
    expect(() => unpacked(directory, 'x.node', bytes)).toThrow('is not a directory of this user')
  })
})

test('a program that runs from files has none in itself, and loads packages as usual', () => {
  expect(isOneFile).toBe(false)
  expect(ownFile('ui/index.html')).toBeUndefined()
  expect(ownModule('@napi-rs/blake-hash')).toHaveProperty('Blake3Hasher')
})
