import { spawnSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const PIECE = 4 << 20

/** A file of random bytes, on the disk when this returns. */
export function fillFile(path: string, bytes: number): void {
  const file = openSync(path, 'w')
  const piece = Buffer.alloc(PIECE)
  for (let left = bytes; left > 0; left -= PIECE) writeSync(file, randomFillSync(piece), 0, Math.min(left, PIECE))
  fsyncSync(file)
  closeSync(file)
}

/** `count` files of random sizes from `least` to `most`, a hundred in each subdirectory. Resolves to their bytes in all. */
export function fillDirectory(directory: string, count: number, [least, most]: readonly [number, number]): number {
  const pool = randomFillSync(Buffer.alloc(PIECE))
  let total = 0
  for (let index = 0; index < count; index++) {
    const parent = join(directory, `d${Math.floor(index / 100)}`)
    if (index % 100 === 0) mkdirSync(parent, { recursive: true })
    const size = least + Math.floor(Math.random() * (most - least + 1))
    const content = Buffer.from(pool.subarray((index * 4099) % (PIECE - size)).subarray(0, size))
    content.writeUInt32LE(index, 0) // No two are the same.
    writeFileSync(join(parent, `f${index}`), content)
    total += size
  }
  return total
}

/** Writes back what other work left dirty, so that no measurement pays for it. */
export function flushDisk(): void {
  spawnSync('sync')
}
