import { byPrecedence, isLive, pathFault, pathKey, sameContent, supersedes } from '#model'
import type { DiskView } from './disk-view.ts'
import { draftFrom, draftOf } from './draft.ts'
import type { Ledger } from './ledger.ts'
import type { RecordWriter } from './record-writer.ts'
import type { Tables } from './tables/index.ts'
import type { Known } from './tables/records.ts'
import { kindNumber, NOT_LOCAL, type ShownRow } from './tables/shown.ts'

/** Writes what becomes of the heads that derived conflict files show, when the user does something to one of a conflict's files. */
export class ConflictFiles {
  readonly #tables: Tables
  readonly #parts: { ledger: Ledger; view: DiskView }
  readonly #records: RecordWriter

  constructor(tables: Tables, parts: { ledger: Ledger; view: DiskView }, records: RecordWriter) {
    this.#tables = tables
    this.#parts = parts
    this.#records = records
  }

  /**
   * Does a conflict file of the path show this version? Then what stands at the path was not made of it: sync brought it, and an
   * older copy of the database does not know.
   */
  isBeside(path: number, { version }: Known): boolean {
    const { shown, records } = this.#tables
    return shown.ofSource(path).some(({ record }) => record !== null && sameContent(records.read(record).version, version))
  }

  /**
   * Does the path itself show this version? A directory that is there for what is below it is noted under whatever head there is, and
   * shows nothing of it.
   */
  #isAt(path: number, { version }: Known): boolean {
    const { shown, records } = this.#tables
    const own = shown.get(path)
    if (own === undefined || own.record === null || own.kind !== kindNumber(version.kind)) return false
    return sameContent(records.read(own.record).version, version)
  }

  /** Writes that the head `base` of another path has been dealt with: what that path shows stays, and supersedes it. */
  resolve(source: number, base: Known): void {
    const { ledger } = this.#parts
    const { paths } = this.#tables
    // A derived file that was moved over the path's own one has won: nothing of it is left to be dealt with.
    if (this.#isAt(source, base)) return
    const heads = ledger.heads(source)
    // Another head of the same content may have a conflict file of its own, which nobody has dealt with.
    const remains = this.isBeside(source, base)
    const resolved = heads.filter((head) => head.record === base.record || (!remains && isAlike(head, base)))
    if (resolved.length === 0) return
    const others = heads.filter((head) => isLive(head.version) && !resolved.includes(head))
    const first =
      others.find((other) => other.version.kind === 'directory') ??
      others.toSorted((a, b) => byPrecedence(a.version, b.version))[0]
    // One that only a conflict file shows is left as it is: written anew it would outlive that file, if the user deals with that, too.
    const isLeft = first !== undefined && !this.#isAt(source, first) && this.isBeside(source, first)
    const winner = isLeft ? undefined : first
    const key = pathKey(base.version.path)
    const draft = winner === undefined ? draftOf({ kind: 'tombstone', path: base.version.path }) : draftFrom(winner.version)
    const path = paths.find(key) ?? { id: source, live: true, gone: false }
    const replaced = (head: Known): boolean => head === winner || resolved.includes(head)
    const after = this.#records.write({ path, key, heads }, draft, { base: null, replaced })
    ledger.demand(source, key, after.heads)
  }

  /**
   * Makes the conflict files of a path, which the user has deleted or renamed himself, files of their own where they are. Else one of
   * them would take the name, though he has seen them all and left that empty. Gives those of `heads` that are dealt with by this.
   */
  release(source: number, heads: readonly Known[]): Known[] {
    const { shown, records } = this.#tables
    return shown.ofSource(source).flatMap((row) => {
      if (row.record === null || row.local !== NOT_LOCAL) return []
      const base = records.read(row.record)
      const dealt = heads.filter((head) => head.record === base.record || isAlike(head, base))
      return dealt.length > 0 && this.#release(row, base) ? dealt : []
    })
  }

  /** False where what stands at its name, or is to stand there, is a path of its own already, or can be none. */
  #release(row: ShownRow, { version }: Known): boolean {
    const { paths, shown } = this.#tables
    const name = this.#parts.view.nameOf(row)
    const key = pathKey(name)
    const path = paths.find(key)
    if (path === undefined || path.live || pathFault(name) !== undefined) return false
    const heads = this.#parts.ledger.heads(path.id)
    const { record } = this.#records.write({ path, key, heads }, draftFrom({ ...version, path: name }), {
      base: null,
      replaced: () => false,
    })
    shown.put({ ...row, record, source: null, name: name === key ? null : name }, row)
    return true
  }
}

/** One that has come after it is another: its author has put the same content in place again, knowing of the conflict. */
function isAlike({ version }: Known, base: Known): boolean {
  return sameContent(version, base.version) && !supersedes(version, base.version)
}
