import fs from 'node:fs'
import type { Flushing } from './places.ts'

/** More at once than libuv has threads only wait there; fewer leave the disk's journal half empty. */
const PARALLEL = 16

/** fsyncs all, many at once; rejects with the first error when all have ended. */
export async function flushAll(items: readonly (Flushing | undefined)[]): Promise<void> {
  const errors: unknown[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++]
      if (item === undefined) continue
      try {
        await fsync(item.fd)
      } catch (error) {
        errors.push(error)
      } finally {
        if (item.close === true) fs.closeSync(item.fd)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, work))
  if (errors.length > 0) throw errors[0]
}

function fsync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fs.fsync(fd, (error) => (error === null || error === undefined ? resolve() : reject(error)))
  })
}
