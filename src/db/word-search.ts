import { baseName, pathKey } from '#model'
import type { Database, Query } from './database.ts'
import { RANKS, type FindQuery, type FoundPage } from './folder-lookups.ts'
import type { Tables } from './tables/index.ts'

/** Letters that may have an accent: of other scripts the marks are more than that. */
const MAY_HAVE_ACCENT = /[\u00c0-\u03ff\u1e00-\u1fff]/
const MARKS = /\p{M}/gu
const ASCII = /^[\0-\x7f]*$/
/** Of letters beyond ASCII SQLite knows no lower case: where there are any, it is looked at here. */
const BEYOND_ASCII = 'length(key) <> octet_length(key)'

/** Goes through the paths of a folder, in their order, for words in them. */
export class WordSearch {
  readonly #tables: Tables
  readonly #end: Query<[string]>
  readonly #byWord: Query<[string, number, number]>
  readonly #byName: Query<[string, number, number]>
  readonly #all: Query<[string, number, number]>

  constructor(db: Database, tables: Tables) {
    this.#tables = tables
    const columns = 'SELECT key, id, live FROM paths WHERE key > ?1 AND key <= ?2'
    this.#end = db.query('SELECT key FROM paths WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?')
    this.#byWord = db.query(`${columns} AND (key LIKE ?4 ESCAPE '\\' OR ${BEYOND_ASCII}) ORDER BY key LIMIT ?3`)
    this.#byName = db.query(
      `${columns} AND (key LIKE ?4 ESCAPE '\\' OR key LIKE ?5 ESCAPE '\\' OR ${BEYOND_ASCII}) ORDER BY key LIMIT ?3`,
    )
    this.#all = db.query(`${columns} AND ${BEYOND_ASCII} ORDER BY key LIMIT ?3`)
  }

  page({ query, deleted, maxRank, after, paths, fitting }: FindQuery): FoundPage {
    const words = wordsOf(query)
    if (words.length === 0) return { found: [], next: null }
    const [end] = this.#end.get(after, paths - 1) ?? []
    const whole = words.join(' ')
    const found: FoundPage['found'] = []
    const candidates = this.#candidates({ after, end: end ?? '\u{10ffff}', fitting }, { words, whole, maxRank })
    for (const [path, id, live] of candidates) {
      const rank = rankOf(path, words, whole)
      if (rank !== null && rank <= maxRank && (live === 1 || this.#isFound(path, id, deleted))) found.push({ path, rank })
    }
    const isCut = candidates.length === fitting
    return { found, next: isCut ? candidates.at(-1)![0] : (end ?? null) }
  }

  /** Those that may fit, and some more. */
  #candidates(
    { after, end: to, fitting }: { after: string; end: string; fitting: number },
    { words, whole, maxRank }: { words: readonly string[]; whole: string; maxRank: number },
  ): [string, number, number][] {
    // The longest leaves the fewest.
    const [longest = ''] = words.toSorted((a, b) => b.length - a.length)
    if (!ASCII.test(whole)) return this.#all.all(after, to, fitting)
    if (maxRank >= RANKS.name) return this.#byWord.all(after, to, fitting, `%${escaped(longest)}%`)
    const end = maxRank === RANKS.equal ? '' : '%'
    return this.#byName.all(after, to, fitting, `${escaped(whole)}${end}`, `%/${escaped(whole)}${end}`)
  }

  /** Of a path without a live version: is something there all the same, or was there? */
  #isFound(key: string, id: number, deleted: boolean): boolean {
    const { shown, paths, heads } = this.#tables
    const isThere = shown.get(id) !== undefined || paths.livesBelow(key)
    return isThere || (deleted && heads.of(id).length > 0)
  }
}

function wordsOf(query: string): string[] {
  return plain(pathKey(query))
    .split(/\s+/u)
    .filter((word) => word !== '')
}

function rankOf(path: string, words: readonly string[], whole: string): number | null {
  const folded = plain(path)
  if (!words.every((word) => folded.includes(word))) return null
  const name = baseName(folded)
  if (name === whole) return RANKS.equal
  if (name.startsWith(whole)) return RANKS.begins
  return words.every((word) => name.includes(word)) ? RANKS.name : RANKS.path
}

/** In lower case, without accents. */
function plain(text: string): string {
  const small = text.toLowerCase()
  return MAY_HAVE_ACCENT.test(small) ? small.normalize('NFD').replaceAll(MARKS, '').normalize('NFC') : small
}

function escaped(text: string): string {
  return text.replaceAll(/[\\%_]/g, '\\$&')
}
