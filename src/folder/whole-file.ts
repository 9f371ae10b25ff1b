import { threadId } from 'node:worker_threads'
import { errnoOf } from '#base'
import type { Dir, Filesystem, OpenFile } from './filesystem.ts'

/** The first `max` bytes of a file. */
export function readWhole(fs: Filesystem, dir: Dir, name: string, max: number): Uint8Array {
  const file = fs.open(dir, name, 'read')
  try {
    const bytes = new Uint8Array(Math.min(max, fs.statFile(file).size))
    return bytes.subarray(0, fs.read(file, bytes, 0))
  } finally {
    fs.close(file)
  }
}

/** A small file of our own, durable when the promise resolves but for its name. */
export async function writeWhole(fs: Filesystem, dir: Dir, name: string, bytes: Uint8Array): Promise<void> {
  const file = create(fs, dir, name)
  try {
    fs.write(file, bytes, 0)
    await fs.flush([file])
  } finally {
    fs.close(file)
  }
}

/** A new file of our own; what was there under the name, from before a crash, goes. */
export function create(fs: Filesystem, dir: Dir, name: string): OpenFile {
  try {
    return fs.open(dir, name, 'create')
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
  unlinkIfThere(fs, dir, name)
  return fs.open(dir, name, 'create')
}

/** Makes an empty file in `tmp`, lets `run` look at it, and removes it. Each thread has names of its own. */
export function withProbe<T>(fs: Filesystem, tmp: Dir, label: string, run: (file: OpenFile, name: string) => T): T {
  const name = `~${label}-${threadId}`
  const file = create(fs, tmp, name)
  try {
    return run(file, name)
  } finally {
    fs.close(file)
    unlinkIfThere(fs, tmp, name)
  }
}

/** Another thread may be cleaning the stage, and take it first. */
function unlinkIfThere(fs: Filesystem, dir: Dir, name: string): void {
  try {
    fs.unlink(dir, name)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
