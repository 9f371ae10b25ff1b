import { joinPath, OWN_DIRECTORY } from '#model'
import { kindOf, type FileStat, type Survey } from './filesystem.ts'
import type { Line } from './ignore-lines.ts'
import { compileIgnore, ignoreFaults, readIgnoreRules } from './ignore-rules.ts'
import type { Tree } from './tree.ts'

/** What other ignore rules would do to what is on the disk. Of an ignored directory with all below it the directory alone is named, and counted. */
export interface RulesCompared {
  /** Entries that they ignore. */
  ignored: number
  /** Those that the rules in force do not ignore, and of which they are the first to say so; of a long list the beginning. */
  newlyIgnored: string[]
  /** The same the other way round. */
  noLonger: string[]
  faults: Line[]
}

/** A directory that is still to be walked. */
export interface ToCompare {
  path: string
  /** Do the rules in force ignore it, or something above it? Then all that is in it, whatever they say of that. */
  before: boolean
  /** It was named, or something above it. */
  isNamed: boolean
}

/** What was found in a part of a tree, and what is left of it, the last of it first. */
export interface PartCompared extends Omit<RulesCompared, 'faults'> {
  left: ToCompare[]
}

/** Entries after which a part ends with its directory. */
const PART = 4_000

/**
 * Walks the tree by the rules in force and by `text` in their place, `limit` paths named of each kind, part by part, each by `compare`; nothing is written.
 * Between two of them rejects when `signal` aborts.
 */
export async function compareRules(
  compare: (text: Uint8Array, left: readonly ToCompare[], limit: number) => Promise<PartCompared>,
  text: Uint8Array,
  { limit, signal }: { limit: number; signal: AbortSignal },
): Promise<RulesCompared> {
  const found: RulesCompared = { ignored: 0, newlyIgnored: [], noLonger: [], faults: ignoreFaults(text) }
  for (let left: ToCompare[] = [{ path: '', before: false, isNamed: false }]; left.length > 0;) {
    signal.throwIfAborted()
    const part = await compare(text, left, limit)
    found.ignored += part.ignored
    found.newlyIgnored.push(...part.newlyIgnored.slice(0, limit - found.newlyIgnored.length))
    found.noLonger.push(...part.noLonger.slice(0, limit - found.noLonger.length))
    left = part.left
  }
  return found
}

/** One part of it. */
export function comparePart(tree: Tree, text: Uint8Array, left: readonly ToCompare[], limit: number): PartCompared {
  const rules = { before: readIgnoreRules(tree), after: compileIgnore(text) }
  const found: PartCompared = { ignored: 0, newlyIgnored: [], noLonger: [], left: [...left] }
  const name = (list: string[], path: string): void => {
    if (list.length < limit) list.push(path)
  }
  for (let seen = 0; seen < PART;) {
    const above = found.left.pop()
    if (above === undefined) break
    const within: ToCompare[] = []
    const entries = entriesOf(tree, above.path)
    for (const { path, stat } of entries) {
      const isDirectory = kindOf(stat) === 'directory'
      const before = above.before || rules.before.ignores(path, isDirectory)
      const after = rules.after.ignores(path, isDirectory)
      if (after) found.ignored++
      if (before !== after && !above.isNamed) name(after ? found.newlyIgnored : found.noLonger, path)
      // What is below one that they ignore changes nothing that is told.
      if (isDirectory && !after && !tree.isElsewhere(path, stat)) within.push({ path, before, isNamed: above.isNamed || before })
    }
    for (const each of within.toReversed()) found.left.push(each)
    seen += entries.length + 1
  }
  return found
}

/** In the order of their names. What cannot be looked at is a problem that a scan tells of. */
function entriesOf(tree: Tree, directory: string): { path: string; stat: FileStat }[] {
  let survey: Survey
  try {
    survey = tree.fs.survey(tree.root, directory)
  } catch {
    return []
  }
  return survey.names
    .flatMap((name, at) => {
      const stat = survey.found[at]
      if (stat === null || stat === undefined || stat instanceof Error || name === OWN_DIRECTORY) return []
      return [{ path: joinPath(directory, name), stat }]
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1))
}
