import { recordTime } from '#model'
import type { Filesystem, OpenFile } from './filesystem.ts'
import type { Place } from './tree.ts'
import { create } from './whole-file.ts'

const COPY_LENGTH = 1024 * 1024

/**
 * Copies content, mode and time into a new file, which the caller flushes and closes. No reflink, no second name: what a program
 * writes into the old file later does not come along.
 */
export function copyFile(fs: Filesystem, from: Place, to: Place): OpenFile {
  const source = fs.open(from.dir, from.name, 'read')
  try {
    const target = create(fs, to.dir, to.name)
    try {
      const buffer = new Uint8Array(COPY_LENGTH)
      for (let at = 0; ;) {
        const count = fs.read(source, buffer, at)
        if (count === 0) break
        fs.write(target, buffer.subarray(0, count), at)
        at += count
      }
      const { mode, mtimeMs } = fs.statFile(source)
      fs.setFile(target, mode & 0o777, recordTime(mtimeMs))
      return target
    } catch (error) {
      fs.close(target)
      fs.unlink(to.dir, to.name)
      throw error
    }
  } finally {
    fs.close(source)
  }
}
