import { createHash } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { microsecondsOf } from '#base'

/** Bytes that look random and are the same in every run. */
export function noise(length: number, seed: string): Buffer {
  const key = createHash('sha256').update(seed).digest()
  const block = Buffer.alloc(Math.min(length, 65_536))
  const whole = Buffer.alloc(length)
  for (let at = 0, turn = 0; at < length; turn++) {
    let digest = createHash('sha256').update(key).update(String(turn)).digest()
    for (let offset = 0; offset < block.length; offset += 32) {
      digest.copy(block, offset)
      if (offset % 4096 === 0) digest = createHash('sha256').update(digest).digest()
      digest.writeUInt32LE((offset * 2654435761) >>> 0, 0)
    }
    at += block.copy(whole, at)
  }
  return whole
}

export function write(root: string, path: string, content: string | Uint8Array): void {
  const target = join(root, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, content)
}

/** `count` files of 200 B to 20 KB, a hundred in a directory. */
export function writeSmallFiles(root: string, count: number, seed = 'small'): void {
  const pool = noise(1 << 20, seed)
  for (let index = 0; index < count; index++) {
    const from = (index * 7919) % (pool.length - 20_000)
    const content = Buffer.concat([Buffer.from(`${seed} ${index}\n`), pool.subarray(from, from + 190 + ((index * 613) % 19_800))])
    write(root, `d${Math.floor(index / 100)}/f${index}`, content)
  }
}

/** Whatever a person's directory may hold: sizes, names, kinds, modes and times of all sorts. */
export function writeMixedTree(root: string): void {
  write(root, 'empty', '')
  write(root, 'one byte', 'x')
  write(root, 'letter.txt', 'Dear holdfast,\n')
  write(root, 'photo.jpg', noise(3_000_000, 'photo'))
  write(root, 'video.mkv', noise(40_000_000, 'video'))
  write(root, 'disk.img', Buffer.alloc(1_500_000))
  write(root, 'twice/a.bin', noise(700_000, 'twice'))
  write(root, 'twice/b.bin', noise(700_000, 'twice'))
  write(root, 'a/b/c/d/e/f/g/h/i/j/deep', 'deep\n')
  write(root, '-rf', 'a dash first')
  write(root, ' spaces and "quotes" \'too\' ', 'spaces')
  write(root, 'new\nline', 'newline')
  write(root, 'größe/日本語/😀.txt', 'unicode')
  write(root, 'n'.repeat(255), 'a long name')
  write(root, 'run.sh', '#!/bin/sh\nexit 0\n')
  chmodSync(join(root, 'run.sh'), 0o755)
  write(root, 'private/key', 'secret')
  chmodSync(join(root, 'private/key'), 0o600)
  chmodSync(join(root, 'private'), 0o700)
  write(root, 'readonly', 'do not write')
  chmodSync(join(root, 'readonly'), 0o444)
  mkdirSync(join(root, 'empty directory/inside'), { recursive: true })
  symlinkSync('letter.txt', join(root, 'link'))
  symlinkSync('a/b', join(root, 'link to directory'))
  symlinkSync('nowhere', join(root, 'dangling'))
  symlinkSync('/etc/hostname', join(root, 'outside'))
  for (const [name, seconds] of [
    ['epoch', 0],
    ['old', 86_400.5],
    ['odd', 1_700_000_000.123456],
    ['future', 4_000_000_000],
  ] as const) {
    write(root, `times/${name}`, name)
    utimesSync(join(root, 'times', name), seconds, seconds)
  }
}

/** Each path below `root` with all that sync promises to carry, as one line; what is Holdfast's own is left out. */
export function describeTree(root: string, options: { times?: boolean } = {}): Record<string, string> {
  const found: Record<string, string> = {}
  const visit = (directory: string): void => {
    for (const name of readdirSync(join(root, directory)).toSorted()) {
      const path = directory === '' ? name : `${directory}/${name}`
      if (path === '.holdfast') continue
      found[path] = describe(join(root, path), options.times ?? true)
      if (found[path].startsWith('directory')) visit(path)
    }
  }
  visit('')
  return found
}

function describe(path: string, times: boolean): string {
  const stats = lstatSync(path)
  const mode = (stats.mode & 0o777).toString(8)
  if (stats.isSymbolicLink()) return `link to ${readlinkSync(path)}`
  if (stats.isDirectory()) return `directory ${mode}`
  if (!stats.isFile()) return 'something else'
  const digest = createHash('sha1').update(readFileSync(path)).digest('hex')
  return `file ${mode} ${stats.size} ${digest}${times ? ` ${microsecond(path)}` : ''}`
}

/** The one that a file's time falls into. */
function microsecond(path: string): number {
  return microsecondsOf(lstatSync(path, { bigint: true }).mtimeNs)
}

/** What two described trees do not have in common, a line each; short enough to read. */
export function differences(one: Record<string, string>, other: Record<string, string>): string[] {
  const paths = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((path) => one[path] !== other[path])
  return paths.map((path) => `${path}: ${one[path] ?? 'nothing'} ≠ ${other[path] ?? 'nothing'}`).slice(0, 20)
}
