import nodeFs from 'node:fs'
import nodePath from 'node:path'
import { beforeAll, vi } from 'vitest'
import type { Filesystem } from '#folder'
import { filesystemSuite } from './filesystem-suite.ts'
import { temporaryDirectory } from './subjects.ts'

// The real filesystem as it is on Windows: with that system's rules for paths, and calls that take a path of any length only where it begins
// with `\\?\`. Behind them is this system's disk.

const LONG = '\\\\?\\'
const DRIVE = 'C:'

/** The path on this system's disk. */
function ours(path: string): string {
  if (!path.startsWith(LONG + DRIVE)) throw Object.assign(new Error(`no path that may be long: ${path}`), { code: 'ENOENT' })
  return path.slice((LONG + DRIVE).length).replaceAll('\\', '/')
}

function theirs(path: string): string {
  return DRIVE + path.replaceAll('/', '\\')
}

const ONE_PATH = ['readdirSync', 'lstatSync', 'readlinkSync', 'mkdirSync', 'rmdirSync', 'unlinkSync', 'chmodSync'] as const
const MORE_OF_ONE = ['utimesSync', 'lutimesSync', 'openSync', 'statfsSync'] as const
const TWO_PATHS = ['linkSync', 'renameSync'] as const

type Call = (...args: unknown[]) => unknown

function windowsFs(): Record<string, unknown> {
  const calls = nodeFs as unknown as Record<string, Call>
  const taking =
    (name: string, count: number): Call =>
    (...args) =>
      calls[name]!(...args.slice(0, count).map((path) => ours(path as string)), ...args.slice(count))
  return {
    ...nodeFs,
    // Windows has none of these.
    constants: { ...nodeFs.constants, O_NOFOLLOW: undefined, O_DIRECTORY: undefined, O_NONBLOCK: undefined },
    // Asked for a root alone, by the path that the user gave.
    realpathSync: {
      native: (path: string) => theirs(nodeFs.realpathSync.native(path.slice(DRIVE.length).replaceAll('\\', '/'))),
    },
    symlinkSync: (target: string, path: string) => nodeFs.symlinkSync(target, ours(path)),
    ...Object.fromEntries([...ONE_PATH, ...MORE_OF_ONE].map((name) => [name, taking(name, 1)])),
    ...Object.fromEntries(TWO_PATHS.map((name) => [name, taking(name, 2)])),
  }
}

let make: () => Filesystem

beforeAll(async () => {
  vi.resetModules()
  vi.doMock('node:fs', () => ({ ...windowsFs(), default: windowsFs() }))
  vi.doMock('node:path', () => ({ ...nodePath.win32, default: nodePath.win32 }))
  const { NodeFilesystem } = await import('../../src/folder/node-filesystem.ts')
  const { pathPlaces } = await import('../../src/folder/places.ts')
  vi.doUnmock('node:fs')
  vi.doUnmock('node:path')
  make = () => new NodeFilesystem(pathPlaces)
})

filesystemSuite('of Node with the paths of Windows', () => {
  const { path, remove } = temporaryDirectory()
  return { fs: make(), root: theirs(path), close: remove }
})
