import ignore from 'ignore'
import { errnoOf, HoldfastError, systemWords } from '#base'
import { kindOf } from './filesystem.ts'
import { linesOf, type Line } from './ignore-lines.ts'
import type { Tree } from './tree.ts'
import { readWhole } from './whole-file.ts'

/** Patterns in gitignore's syntax, at the root of the folder; itself synced. */
export const IGNORE_FILE = '.holdfastignore'
/** Bytes; what comes after them is no list of patterns. */
const MAX_LENGTH = 1024 * 1024
/** Lines that are passed over and named with their reasons. */
const NAMED = 3
/** No pattern is made for it: one that fits fits every name. */
const ANY_NAME = 'any name \u{1f9ff} whatever'

export interface IgnoreRules {
  /** Changes whenever the patterns may have; '' without an ignore file. */
  readonly stamp: string
  /** Why they may not do what their writer wants; null where nothing tells so. Lines that cannot be read are passed over. */
  readonly fault: string | null
  ignores(path: string, isDirectory: boolean): boolean
}

/** The rules in force; case counts on every disk, so that they mean the same on all devices. Throws `denied` when they cannot be read. */
export function readIgnoreRules(tree: Tree): IgnoreRules {
  const stat = tree.stat(IGNORE_FILE)
  if (stat === undefined) return { stamp: '', fault: null, ignores: () => false }
  if (kindOf(stat) !== 'file')
    return { stamp: '', fault: 'it is no file of its own, so nothing is ignored', ignores: () => false }
  const stamp = [stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs].join(':')
  return { stamp, ...compileIgnore(readBytes(tree)) }
}

/** The `ignore` package remembers every path it is asked for: make one for a scan and let go of it. About 1.3 µs a path. */
export function compileIgnore(bytes: Uint8Array): Omit<IgnoreRules, 'stamp'> {
  const { patterns, faults } = linesOf(bytes.subarray(0, MAX_LENGTH), { cut: bytes.length > MAX_LENGTH })
  const fault = told(faults)
  if (patterns.length === 0) return { fault, ignores: () => false }
  const rules = ignore({ ignorecase: false }).add(patterns)
  const all = ignoresAll(patterns) ? ['its patterns ignore everything, so nothing else of the folder is synced'] : []
  return {
    fault: [...(fault === null ? [] : [fault]), ...all].join('; ') || null,
    ignores: (path, isDirectory) => path !== IGNORE_FILE && rules.ignores(isDirectory ? `${path}/` : path),
  }
}

/** The lines of such a file that say nothing, and the one that ignores all there is, each with the reason. */
export function ignoreFaults(bytes: Uint8Array): Line[] {
  const { faults } = linesOf(bytes.subarray(0, MAX_LENGTH), { cut: bytes.length > MAX_LENGTH })
  if (compileIgnore(bytes).fault === told(faults)) return faults
  const lines = new TextDecoder().decode(bytes.subarray(0, MAX_LENGTH)).split('\n')
  const at = lines.findIndex((line) => ignoresAll(linesOf(Buffer.from(line), { cut: false }).patterns))
  return [...faults, { number: Math.max(at, 0) + 1, text: 'it ignores everything, so nothing else of the folder is synced' }]
}

function ignoresAll(patterns: readonly string[]): boolean {
  const rules = ignore({ ignorecase: false }).add(patterns)
  return [ANY_NAME, `${ANY_NAME}/`].every((name) => rules.ignores(name)) && !patterns.some((line) => line.startsWith('!'))
}

/** The file's bytes as they are; none where there is no such file. Throws as `readIgnoreRules`. */
export function readIgnoreFile(tree: Tree): Uint8Array {
  const stat = tree.stat(IGNORE_FILE)
  return stat !== undefined && kindOf(stat) === 'file' ? readBytes(tree) : new Uint8Array(0)
}

/** `line 3 is passed over: its [ is never closed; and 2 more lines` */
function told(faults: readonly Line[]): string | null {
  if (faults.length === 0) return null
  const named = faults.slice(0, NAMED).map(({ number, text }) => `line ${number} is passed over: ${text}`)
  const more = faults.length - named.length
  return [...named, ...(more === 0 ? [] : [`and so ${more === 1 ? 'is 1 more line' : `are ${more} more lines`}`])].join('; ')
}

function readBytes(tree: Tree): Uint8Array {
  try {
    // One more tells that there is more.
    return readWhole(tree.fs, tree.root, IGNORE_FILE, MAX_LENGTH + 1)
  } catch (cause) {
    const message = `the ignore rules in ${IGNORE_FILE} cannot be read, so the folder is not looked at: ${systemWords(errnoOf(cause), String(cause))}`
    throw new HoldfastError('denied', message, {
      reason: 'rules-unreadable',
      values: { system: errnoOf(cause) ?? '' },
      hint: 'Make the file readable for the user that Holdfast runs as.',
      cause,
    })
  }
}
