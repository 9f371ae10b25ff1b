import { access, constants, readdir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { posix, win32 } from 'node:path'
import { errnoOf, HoldfastError, messageOf, systemWords } from '#base'
import type { Directory } from '#api/contract'
import { SlowLooks } from './slow-looks.ts'

/** Directories in one answer. */
const MAX_LISTED = 500
/** A disk that is away, over a network as a rule, may hold a call for minutes: an entry that has not answered after so long, ms, is left out. */
const ENTRY_MS = 2_000
/** The same of the directory itself: it may be a long one. */
const LIST_MS = 10_000
/** Entries that are looked at together. */
const AT_ONCE = 32
/** What stands for the place above all drives, where a disk has no such. */
const ABOVE_DRIVES = '/'
const DRIVES = Array.from({ length: 26 }, (_, at) => `${String.fromCodePoint(65 + at)}:\\`)
/** Windows hides these by a mark that Node cannot see. */
const HIDDEN = new Set(['$recycle.bin', 'system volume information', 'recovery', '$winreagent', '$sysreset'])

interface FolderHere {
  name: string
  /** Absolute, as the disk has it. */
  path: string
}

export interface Disk {
  platform: NodeJS.Platform
  home: string
  looks: SlowLooks
  /** May what is at a path be listed? */
  isOpen(path: string): Promise<boolean>
}

const THIS_DISK: Disk = { platform: process.platform, home: homedir(), looks: new SlowLooks(), isOpen: canBeOpened }

/** A place as it is listed: absolute, without what leads nowhere, and what is above it; null for a root. Throws `usage` for one that is not absolute. */
export function listedPlace(
  path: string | undefined,
  { platform, home }: Pick<Disk, 'platform' | 'home'>,
): { path: string; parent: string | null } {
  const isWindows = platform === 'win32'
  const paths = isWindows ? win32 : posix
  if (isWindows && path === ABOVE_DRIVES) return { path: ABOVE_DRIVES, parent: null }
  const wanted = path ?? home
  if (!paths.isAbsolute(wanted) || (isWindows && !/^(?:[a-z]:[\\/]|\\\\)/i.test(wanted)))
    throw new HoldfastError('usage', `the path ${wanted} is not absolute`, {
      reason: 'path-not-absolute',
      values: { path: wanted },
      hint: 'write all of it, from the root of the disk on',
    })
  const whole = paths.resolve(wanted)
  const above = paths.dirname(whole)
  if (above !== whole) return { path: whole, parent: above }
  return { path: whole, parent: isWindows ? ABOVE_DRIVES : null }
}

/** Is it one that people do not look for their files in? */
export function isHidden(name: string, platform: NodeJS.Platform): boolean {
  return name.startsWith('.') || (platform === 'win32' && HIDDEN.has(name.toLowerCase()))
}

/** The directories in a directory of this device that answer soon, and which of them is the root of a folder. Throws `not-found`, `usage`, `denied` or `timeout`. */
export async function listDirectory(
  wanted: string | undefined,
  folders: readonly FolderHere[],
  disk: Disk = THIS_DISK,
): Promise<Directory> {
  const place = listedPlace(wanted, disk)
  const isAbove = disk.platform === 'win32' && place.path === ABOVE_DRIVES
  const { join } = disk.platform === 'win32' ? win32 : posix
  const found = isAbove
    ? DRIVES.map((drive) => ({ name: drive, path: drive }))
    : (await namesIn(place.path, disk)).map((name) => ({ name, path: join(place.path, name) }))
  const shared = await roots(folders, disk.looks)
  const look = ({ path }: FolderHere): Promise<string | null | undefined> =>
    disk.looks.look(path, ENTRY_MS, async () => {
      if (!(await disk.isOpen(path))) return null
      return shared.size === 0 ? path : await realOf(path)
    })
  const directories: Directory['directories'] = []
  let more = false
  for (let at = 0; at < found.length; at += AT_ONCE) {
    const some = found.slice(at, at + AT_ONCE)
    const real = await Promise.all(some.map(look))
    for (const [index, each] of some.entries()) {
      const path = real[index]
      more ||= path === undefined
      if (path === null || path === undefined) continue
      if (directories.length === MAX_LISTED) return { ...place, directories, more: true }
      directories.push({ ...each, shared: shared.get(path) ?? null })
    }
  }
  return { ...place, directories, more }
}

/** What may be a directory in it, by name. */
async function namesIn(path: string, { looks, platform }: Disk): Promise<string[]> {
  try {
    const entries = await looks.look(path, LIST_MS, () => readdir(path, { withFileTypes: true }))
    if (entries === undefined) throw silent(path)
    const names = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name)
    const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })
    return names.filter((name) => !isHidden(name, platform)).toSorted((a, b) => order.compare(a, b) || (a < b ? -1 : 1))
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    throw notListed(path, cause)
  }
}

function silent(path: string): HoldfastError {
  return new HoldfastError('timeout', `${path} does not answer, as where the disk that it is on is away`, {
    reason: 'directory-silent',
    values: { path },
    hint: 'choose another directory, or try again when that disk is there',
  })
}

function notListed(path: string, cause: unknown): HoldfastError {
  switch (errnoOf(cause)) {
    case 'ENOENT':
      return new HoldfastError('not-found', `there is no directory at ${path}`, {
        reason: 'no-directory',
        values: { path },
        hint: 'choose another one, or make it first',
        cause,
      })
    case 'ENOTDIR':
      return new HoldfastError('usage', `${path} is not a directory`, {
        reason: 'not-a-directory',
        values: { path },
        hint: 'choose the directory it is in',
        cause,
      })
    default:
      return new HoldfastError('denied', `${path} cannot be listed: ${systemWords(errnoOf(cause), messageOf(cause))}`, {
        reason: 'cannot-list',
        values: { path, system: errnoOf(cause) ?? '' },
        hint: 'choose another directory, or give the user that Holdfast runs as the right to read it',
        cause,
      })
  }
}

async function canBeOpened(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isDirectory()) return false
    await access(path, constants.R_OK | constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function roots(folders: readonly FolderHere[], looks: SlowLooks): Promise<Map<string, string>> {
  const found = folders.map(async ({ name, path }): Promise<[string, string]> => {
    const real = await looks.look(path, ENTRY_MS, () => realOf(path))
    return [real ?? path, name]
  })
  return new Map(await Promise.all(found))
}

function realOf(path: string): Promise<string> {
  return realpath(path).catch(() => path)
}
