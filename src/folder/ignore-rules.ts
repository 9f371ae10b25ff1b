import ignore from 'ignore'
import { errnoOf, HoldfastError, systemWords } from '#base'
import { kindOf } from './filesystem.ts'
import type { Tree } from './tree.ts'
import { readWhole } from './whole-file.ts'

/** Patterns in gitignore's syntax, at the root of the folder; itself synced. */
export const IGNORE_FILE = '.holdfastignore'
/** Bytes; more is no list of patterns. */
const MAX_LENGTH = 1024 * 1024

export interface IgnoreRules {
  /** Changes whenever the patterns may have; '' without an ignore file. */
  readonly stamp: string
  ignores(path: string, isDirectory: boolean): boolean
}

/** The rules in force; case counts on every disk, so that they mean the same on all devices. Throws `denied` when they cannot be read. */
export function readIgnoreRules(tree: Tree): IgnoreRules {
  const stat = tree.stat(IGNORE_FILE)
  if (stat === undefined || kindOf(stat) !== 'file') return { stamp: '', ignores: () => false }
  const stamp = [stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs].join(':')
  return { stamp, ignores: compileIgnore(readText(tree)) }
}

/** The `ignore` package remembers every path it is asked for: make one for a scan and let go of it. About 1.3 µs a path. */
export function compileIgnore(text: string): IgnoreRules['ignores'] {
  const patterns = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  if (patterns.length === 0) return () => false
  const rules = ignore({ ignorecase: false }).add(patterns)
  return (path, isDirectory) => path !== IGNORE_FILE && rules.ignores(isDirectory ? `${path}/` : path)
}

function readText(tree: Tree): string {
  try {
    return Buffer.from(readWhole(tree.fs, tree.root, IGNORE_FILE, MAX_LENGTH)).toString()
  } catch (cause) {
    const message = `the ignore rules in ${IGNORE_FILE} cannot be read, so the folder is not looked at: ${systemWords(errnoOf(cause), String(cause))}`
    throw new HoldfastError('denied', message, { hint: 'Make the file readable for the user that Holdfast runs as.', cause })
  }
}
