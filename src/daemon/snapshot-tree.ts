import { lutimesSync } from 'node:fs'
import { chmod, mkdir, open, readdir, rename, rm, rmdir, symlink } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { diskSeconds, HoldfastError, pathFault, toErrorShape } from '#base'
import { asFarAsHeld } from '#folder'
import type { Past } from '#history'
import type { ThenEntry } from './entries-then.ts'
import { isOutOfReach } from './reach-hint.ts'
import { writeFile } from './restored-file.ts'

/** Files written at once: each waits for its flush. */
const PARALLEL = 8

/** Throws `exists` where something is at the path, but for an empty directory, and `usage` for a path from nowhere. */
export async function needFree(to: string): Promise<void> {
  if (!isAbsolute(to))
    throw new HoldfastError('usage', `${to} is no absolute path`, {
      reason: 'path-not-absolute',
      values: { path: to },
      hint: 'write it from the root of the disk on',
    })
  const found = await readdir(to).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? null : ['something']
  })
  if (found === null || found.length === 0) return
  throw new HoldfastError('exists', `${to} is there already, and is not an empty directory`, {
    reason: 'place-taken',
    values: { path: to },
    hint: 'choose a path where nothing is: nothing is overwritten',
  })
}

export interface TreeWriting {
  past: Past
  /** Where the tree grows, beside where it is to be; nothing is there. */
  stage: string
  signal: AbortSignal
  /** So many bytes more are written. */
  wrote(bytes: number): void
  /** An entry has content that cannot be had now, or a name that cannot be here (why: `unfit`); true: it is left out, and the rest is written. */
  missed?(entry: ThenEntry, unfit?: string): boolean
  /** Whose names are to be kept to; else this computer's. */
  platform?: NodeJS.Platform
}

/**
 * Writes a tree to a new directory. It grows under another name and gets its own when all of it is there and durable; where that does
 * not end well, nothing of it is left.
 */
export async function writeTree(entries: AsyncIterable<ThenEntry>, to: string, writing: TreeWriting): Promise<void> {
  const { stage } = writing
  await mkdir(stage, { recursive: true })
  try {
    await fill(entries, writing)
    await rmdir(to).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    })
    await rename(stage, to)
    await flushDirectory(dirname(to))
  } catch (error) {
    await rm(stage, { recursive: true, force: true })
    const { code, message, ...rest } = toErrorShape(error)
    throw new HoldfastError(code, `${message}; nothing was restored to ${to}`, {
      ...rest,
      cause: error,
    })
  }
}

async function fill(
  entries: AsyncIterable<ThenEntry>,
  { past, stage, signal, wrote, missed, platform }: TreeWriting,
): Promise<void> {
  const directories: { at: string; mode: number }[] = [{ at: stage, mode: 0o755 }]
  const links: { at: string; target: string; mtime: string }[] = []
  const running = new Set<Promise<void>>()
  const faults: unknown[] = []
  const write = async (entry: ThenEntry, at: string): Promise<void> => {
    try {
      await writeFile(past, entry.version, at, signal)
    } catch (error) {
      if (!isOutOfReach(error) || missed?.(entry) !== true) throw error
    }
    wrote(entry.version.size)
  }
  for await (const entry of entries) {
    const { path, version } = entry
    const fault = pathFault(path, platform)
    if (fault !== undefined) {
      if (missed?.(entry, fault) === true) continue
      faults.push(unfit(path, fault))
      break
    }
    const at = join(stage, path)
    if (version.kind === 'symlink') links.push({ at, target: version.target, mtime: diskSeconds(version.mtime) })
    else if (version.kind === 'directory') {
      await mkdir(at, { recursive: true })
      directories.push({ at, mode: version.mode })
    } else {
      const done = write(entry, at)
        .catch((error: unknown) => void faults.push(error))
        .finally(() => running.delete(done))
      running.add(done)
    }
    if (running.size >= PARALLEL) await Promise.race(running)
    if (faults.length > 0) break
  }
  await Promise.all(running)
  if (faults.length > 0) throw faults[0]
  // When nothing is written any more that could go through one.
  for (const { at, target, mtime } of links) {
    await mkdir(dirname(at), { recursive: true })
    await symlink(target, at)
    asFarAsHeld(() => lutimesSync(at, mtime, mtime))
  }
  for (const { at, mode } of directories.toReversed()) {
    await flushDirectory(at)
    await chmod(at, mode)
  }
}

const unfit = (path: string, fault: string): HoldfastError =>
  new HoldfastError('usage', `${path} cannot be written on this computer: ${fault}`, {
    reason: 'unwritable-name',
    values: { path },
    hint: 'leave out what cannot be written (--partial), or restore it on a computer with another system',
  })

async function flushDirectory(path: string): Promise<void> {
  // Windows opens no directories, and needs no flush of them.
  if (process.platform === 'win32') return
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
