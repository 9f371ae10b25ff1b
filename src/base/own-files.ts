import { createHash, randomUUID } from 'node:crypto'
import { chmodSync, lstatSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import type * as Sea from 'node:sea'
import { HoldfastError, errnoOf } from './errors.ts'
import { makeDirectories } from './make-directories.ts'

/**
 * Where the program's own files are: beside its bundle, or, where it is one executable, inside of that (nodejs.org/api/single-executable-applications).
 * Nothing else asks which of the two it is.
 */

/** Names of Node's packages with machine code, and those of their files inside of the executable. */
const MODULES = { '@napi-rs/blake-hash': 'blake-hash.node', '@parcel/watcher': 'watcher.node' } as const

const OWNER_ONLY = 0o700
/** What another version has put into the cache stays so long, ms: that may be in use beside this one. */
const OLD_MS = 30 * 24 * 60 * 60 * 1000

/** Electron is built without it. */
const sea =
  process.versions['electron'] === undefined ? (process.getBuiltinModule('node:sea') as typeof Sea | undefined) : undefined

/** Whether the program is one executable, with all its files in it. */
export const isOneFile = sea?.isSea() === true

/** A file inside of the executable, not to be written into; undefined where there is none of that name, or the program is not one executable. */
export function ownFile(name: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isOneFile) return undefined
  try {
    return new Uint8Array(sea!.getRawAsset(name) as ArrayBuffer)
  } catch {
    return undefined
  }
}

/**
 * A package with machine code. Out of the executable that is written into the user's cache first, as the system loads it from files alone;
 * what lies there already is used only if it is the same, byte for byte.
 * @throws where there is none for this platform, or the cache cannot be written to
 */
export function ownModule(name: keyof typeof MODULES): unknown {
  if (!isOneFile) return createRequire(import.meta.url)(name)
  const file = MODULES[name]
  const bytes = ownFile(file)
  if (bytes === undefined) throw new HoldfastError('internal', `this program has no ${name}`)
  const module = { exports: {} }
  const path = unpacked(cacheDirectory(), file, bytes)
  process.dlopen(module, path)
  removeOld(path, file)
  return module.exports
}

/** The path of a file with these bytes in a directory of this user alone, which it is put into where it is not yet. */
export function unpacked(directory: string, name: string, bytes: Uint8Array): string {
  makePrivate(directory)
  const path = join(directory, `${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}-${name}`)
  if (isThere(path, bytes)) return path
  // Threads of one process come here at once, and a kill leaves one behind.
  const part = `${path}.${randomUUID()}`
  try {
    writeFileSync(part, bytes, { mode: OWNER_ONLY, flag: 'wx' })
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    // Windows replaces no file that is loaded: another process has put it there meanwhile.
    if (!isThere(path, bytes)) throw error
  }
  return path
}

/** Takes away what other versions have left beside `path` of the file of that name, and parts that a kill has left. */
export function removeOld(path: string, name: string): void {
  const directory = dirname(path)
  const ofName = new RegExp(`^[0-9a-f]{32}-${RegExp.escape(name)}(\\.[-0-9a-f]+)?$`)
  for (const other of readdirSync(directory)) {
    const old = join(directory, other)
    if (!ofName.test(other) || old === path) continue
    try {
      if (Date.now() - lstatSync(old).mtimeMs > OLD_MS) rmSync(old, { force: true })
    } catch {
      // Windows removes none that is loaded; another process may have been faster.
    }
  }
}

function makePrivate(directory: string): void {
  makeDirectories(directory, OWNER_ONLY)
  const stats = lstatSync(directory)
  const isOurs = process.getuid === undefined || stats.uid === process.getuid()
  if (!stats.isDirectory() || !isOurs) {
    throw new HoldfastError('denied', `${directory} is not a directory of this user`, {
      hint: 'move it away, and start Holdfast again',
    })
  }
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0) chmodSync(directory, OWNER_ONLY)
}

/** A symbolic link is not followed: what it leads to may be changed by others. */
function isThere(path: string, bytes: Uint8Array): boolean {
  try {
    return lstatSync(path).isFile() && readFileSync(path).equals(bytes)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw error
  }
}

function cacheDirectory(): string {
  const { platform, env } = process
  const home = homedir()
  const set = env['XDG_CACHE_HOME'] ?? ''
  if (isAbsolute(set)) return join(set, 'holdfast')
  if (platform === 'darwin') return join(home, 'Library/Caches/holdfast')
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData/Local'), 'holdfast', 'cache')
  return join(home, '.cache/holdfast')
}
