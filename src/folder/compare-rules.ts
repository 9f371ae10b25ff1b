import { joinPath, OWN_DIRECTORY } from '#model'
import { kindOf, type Survey } from './filesystem.ts'
import type { Line } from './ignore-lines.ts'
import { compileIgnore, ignoreFaults, readIgnoreRules, type IgnoreRules } from './ignore-rules.ts'
import type { Tree } from './tree.ts'

/** What other ignore rules would do to what is on the disk. Of an ignored directory with all below it the directory alone is named. */
export interface RulesCompared {
  /** Entries that they ignore, with all that is below an ignored directory. */
  ignored: number
  /** Those that the rules in force do not ignore, and of which they are the first to say so; of a long list the beginning. */
  newlyIgnored: string[]
  /** The same the other way round. */
  noLonger: string[]
  faults: Line[]
}

/** An ignored directory is ignored with all that is in it, whatever the rules say of that. */
interface Above {
  before: boolean
  after: boolean
  /** It was named, or something above it. */
  isNamed: boolean
}

/** Walks the tree by the rules in force and by `text` in their place, `limit` paths named of each kind; nothing is written. */
export function compareRules(tree: Tree, text: Uint8Array, limit: number): RulesCompared {
  const comparison = new Comparison(tree, { before: readIgnoreRules(tree), after: compileIgnore(text) }, limit)
  comparison.walk('', { before: false, after: false, isNamed: false })
  return { ...comparison.found, faults: ignoreFaults(text) }
}

class Comparison {
  readonly found: Omit<RulesCompared, 'faults'> = { ignored: 0, newlyIgnored: [], noLonger: [] }
  readonly #tree: Tree
  readonly #rules: Record<'before' | 'after', Pick<IgnoreRules, 'ignores'>>
  readonly #limit: number

  constructor(tree: Tree, rules: Record<'before' | 'after', Pick<IgnoreRules, 'ignores'>>, limit: number) {
    this.#tree = tree
    this.#rules = rules
    this.#limit = limit
  }

  walk(directory: string, above: Above): void {
    const { names, found } = this.#survey(directory)
    const order = names.map((name, at) => ({ name, stat: found[at] })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    for (const { name, stat } of order) {
      if (stat === null || stat === undefined || stat instanceof Error || name === OWN_DIRECTORY) continue
      const path = joinPath(directory, name)
      const kind = kindOf(stat)
      const isDirectory = kind === 'directory'
      const before = above.before || this.#rules.before.ignores(path, isDirectory)
      const after = above.after || this.#rules.after.ignores(path, isDirectory)
      if (after) this.found.ignored++
      if (before !== after && !above.isNamed) this.#name(after ? this.found.newlyIgnored : this.found.noLonger, path)
      if (isDirectory && !this.#tree.isElsewhere(path, stat))
        this.walk(path, { before, after, isNamed: above.isNamed || before !== after })
    }
  }

  #name(list: string[], path: string): void {
    if (list.length < this.#limit) list.push(path)
  }

  /** What cannot be looked at is a problem that a scan tells of. */
  #survey(directory: string): Survey {
    try {
      return this.#tree.fs.survey(this.#tree.root, directory)
    } catch {
      return { names: [], found: [], invalid: [] }
    }
  }
}
