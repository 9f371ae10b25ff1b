import { byPrecedence, isLive, pathFault, pathKey, sameContent, supersedes, type Hlc } from '#model'
import { AuthorMove } from './author-move.ts'
import type { BatchWriter } from './batch-writer.ts'
import { ConflictFiles } from './conflict-files.ts'
import { packContent, type Contents } from './contents.ts'
import type { DiskChange, DiskView, LocalMark, Origin } from './disk-view.ts'
import { draftOf, looksPlaced, sameAs, sameMetadata, withUntouched, type Draft } from './draft.ts'
import type { AuthorOptions, Problem } from './folder-index.ts'
import type { Ledger } from './ledger.ts'
import type { AuthoredPath, EntryChange, LocalChange, MovedFile } from './local-change.ts'
import { isGivenUp } from './local-edits.ts'
import { RecordWriter, RefusedRecord, type Superseded } from './record-writer.ts'
import type { Tables } from './tables/index.ts'
import type { Known } from './tables/records.ts'
import { DIRECTORY, LOCAL, NOT_LOCAL, REVERTED, type ShownRow } from './tables/shown.ts'

/** Paths named in the result at most. */
const MAX_PATHS = 100
/** A mode or time that is to be replaced, the content being what it was. */
const GIVEN_UP: LocalMark = { state: REVERTED, content: null }

interface Edit extends DiskChange {
  draft: Draft
  /** Of a file that was moved: when the version was written that it was; else 0. */
  since: Hlc
}

interface Parts {
  ledger: Ledger
  view: DiskView
  contents: Contents
  writer: BatchWriter
}

/** Takes changes of the disk one after another, inside one transaction, and decides for each whether it is an edit. */
export class Author {
  readonly #tables: Tables
  readonly #parts: { ledger: Ledger; view: DiskView }
  readonly #records: RecordWriter
  readonly #moves: AuthorMove
  readonly #conflicts: ConflictFiles
  readonly #local: boolean
  readonly #looked: (path: string) => boolean
  readonly paths: AuthoredPath[] = []
  readonly refused: Problem[] = []
  readonly missed: string[] = []

  constructor(tables: Tables, parts: Parts, options: AuthorOptions) {
    this.#tables = tables
    this.#parts = parts
    this.#records = new RecordWriter(tables.state, parts, options.now)
    this.#moves = new AuthorMove(tables, parts, this.#records)
    this.#conflicts = new ConflictFiles(tables, parts, this.#records)
    this.#local = options.local === true
    const unseen = options.looked && new Set(options.looked.but)
    this.#looked = (path) => unseen?.has(path) === false
  }

  take(change: LocalChange): void {
    if (change.kind === 'moved') this.#takeMove(change)
    else this.#takeEntry(change)
  }

  #takeMove(change: MovedFile): void {
    const renamed = { path: change.path, kind: 'renamed', from: change.from } as const
    if (!this.#local && this.#moves.take(change, this.#looked(change.path))) return this.#report(renamed)
    const known = this.#moves.asRead(change)
    if (known === undefined) return void this.missed.push(change.path)
    const told = this.paths.length
    this.#takeEntry(known.read, known.since)
    // Under another spelling of its name it is where it was.
    if (pathKey(change.path) !== pathKey(change.from)) this.#takeEntry({ path: change.from, kind: 'tombstone' })
    const [to, from] = this.paths.slice(told)
    if (to?.kind === 'added' && from?.kind === 'deleted') this.paths.splice(told, 2, { ...to, ...renamed })
  }

  #takeEntry(change: EntryChange, since?: Hlc): void {
    try {
      this.#take(change, since)
    } catch (error) {
      if (!(error instanceof RefusedRecord)) throw error
      this.refused.push({ path: change.path, code: 'name', message: error.message })
    }
  }

  #take(change: EntryChange, since: Hlc = 0): void {
    const { paths, records, shown } = this.#tables
    const fault = pathFault(change.path)
    if (fault !== undefined) throw new RefusedRecord(`${change.path} cannot be synced: ${fault}`)
    const key = pathKey(change.path)
    const path: DiskChange['path'] | undefined = change.kind === 'tombstone' ? paths.find(key) : paths.intern(key)
    if (path === undefined) return
    const old = path.fresh === true ? undefined : shown.get(path.id)
    // Another spelling of it was noted since: the user renamed it, or a directory above it, to another normal form.
    if (change.kind === 'tombstone' && old !== undefined && this.#parts.view.nameOf(old) !== change.path) return
    const edit: Edit = { change, draft: draftOf(change), path, key, old, since }
    const base = old === undefined || old.record === null ? undefined : records.read(old.record)
    if (old === undefined) this.#appeared(edit)
    else if (base === undefined || (old.kind === DIRECTORY && base.version.kind !== 'directory'))
      this.#changedUnversioned(edit, old, base ?? null)
    else if (old.source === null) this.#changed(edit, old, base)
    else this.#changedDerived(edit, old, old.source, base)
  }

  /** Something where the disk showed nothing. */
  #appeared(edit: Edit): void {
    if (edit.change.kind === 'tombstone') return
    const { path } = edit
    const heads = path.fresh === true ? [] : this.#parts.ledger.heads(path.id)
    const known = heads.length === 0 ? undefined : this.#knownContent(edit, heads)
    if (known !== undefined) this.#adopt(edit, known, heads)
    else if (this.#local) this.#keepLocal(edit, null)
    else this.#write(edit, heads, { base: null, replaced: () => false })
  }

  /**
   * The known version that the edit's content equals: a live head, else an older version. But where the disk is known to have had
   * nothing, only sync can have brought an old content back, with the version's time; and what a deletion that the disk followed
   * superseded, nobody but the user. So did any that comes to where nothing was at the last look, and any that was at another path
   * as a later version: its directory has its old name again.
   */
  #knownContent({ change, draft, path, since }: Edit, heads: readonly Known[]): Known | undefined {
    const equal = heads.filter((head) => sameAs(draft, head.version))
    if (equal.length > 0) return equal.toSorted((a, b) => byPrecedence(a.version, b.version))[0]
    if (this.#looked(change.path)) return undefined
    const known = [...this.#tables.records.ofPath(path.id)]
    const pending = this.#tables.todo.revision(path.id) !== undefined
    const followed = known.filter(
      ({ record, version }) => path.gone && !isLive(version) && !(pending && heads.some((head) => head.record === record)),
    )
    const fits = path.gone ? looksPlaced : sameAs
    return known.find(
      ({ version }) =>
        version.hlc > since && fits(draft, version) && !followed.some((deletion) => supersedes(deletion.version, version)),
    )
  }

  /** A change of what no version stands for: a new local edit, or a directory that is there only for what is below it. */
  #changedUnversioned(edit: Edit, old: ShownRow, origin: Known | null): void {
    if (edit.change.kind === 'tombstone') {
      this.#show(edit, null)
      this.#parts.ledger.reconsider(edit.key)
    } else if (edit.change.kind === 'directory' && old.kind === DIRECTORY && old.local === NOT_LOCAL) this.#show(edit, origin)
    else this.#appeared(edit)
  }

  /** A change where the disk showed a version of this path. */
  #changed(edit: Edit, old: ShownRow, base: Known): void {
    const { ledger } = this.#parts
    const { path, key } = edit
    const draft = withUntouched(edit.draft, base.version, old)
    const same = sameAs(draft, base.version)
    if (same && sameMetadata(draft, base.version)) {
      this.#show(edit, base, old.local === REVERTED && !sameMetadata(edit.draft, base.version) ? GIVEN_UP : undefined)
      if (old.local !== NOT_LOCAL) ledger.demand(path.id, key)
      return
    }
    const heads = ledger.heads(path.id)
    const adopted = this.#laterVersion(path.id, heads, base, draft)
    if (adopted !== undefined) {
      this.#adopt(edit, adopted, heads)
      return
    }
    const alike = heads.filter((head) => head.record === base.record || sameContent(head.version, base.version))
    if (same && alike.length === 0) {
      // A change of mode or time alone gives way to any newer version: it must not bring back what was deleted or edited.
      this.#show(edit, base, GIVEN_UP)
      ledger.demand(path.id, key, heads)
    } else if (this.#local) this.#keepLocal(edit, base)
    else {
      const isBrought = !same && this.#conflicts.isBeside(path.id, base)
      const isDeleted = draft.kind === 'tombstone' && base.version.kind !== 'directory'
      const replaced = [...(isBrought ? [] : alike), ...(isDeleted ? this.#conflicts.release(path.id, heads) : [])]
      this.#write({ ...edit, draft }, heads, { base: isBrought ? null : base, replaced: (head) => replaced.includes(head) })
    }
  }

  /**
   * A version that came after what the disk showed, with this content: sync put it there, and a crash kept that from being noted.
   * It may have been superseded meanwhile; then its time must tell that the user did not write the same.
   */
  #laterVersion(path: number, heads: readonly Known[], base: Known, draft: Draft): Known | undefined {
    const fits = ({ version }: Known): boolean => supersedes(version, base.version) && sameAs(draft, version)
    // While the path is to-do, any of its heads may be what sync was about to bring: a failure may have kept it from being noted,
    // and as an edit it would supersede what stood here before. A copy that the user made of a head is an edit, and has its own time.
    const pending = this.#tables.todo.revision(path) !== undefined
    const isBrought = ({ record, version }: Known): boolean =>
      pending && record !== base.record && isLive(version) && looksPlaced(draft, version)
    const head = heads.find((known) => fits(known) || isBrought(known))
    if (head !== undefined || heads.every(({ record }) => record === base.record)) return head
    for (const known of this.#tables.records.ofPath(path)) if (fits(known) && looksPlaced(draft, known.version)) return known
    return undefined
  }

  /** Notes that the disk shows a version that was not known to be there. */
  #adopt(edit: Edit, known: Known, heads: readonly Known[]): void {
    const { view, ledger } = this.#parts
    const { shown, records, paths } = this.#tables
    this.#show(edit, known)
    if (edit.change.kind !== 'tombstone') {
      for (const row of shown.ofSource(edit.path.id)) {
        if (row.record === null || row.stat.ino !== edit.change.stat.ino) continue
        if (!sameContent(records.read(row.record).version, known.version)) continue
        // The path's conflict file was renamed to here. Something else may show here by the time it is missed there, and that it is
        // gone from there would then settle the conflict against it.
        const key = pathKey(view.nameOf(row))
        const path = paths.find(key)
        view.forget(row, key)
        if (path?.live === true) ledger.demand(path.id, key)
      }
    }
    ledger.demand(edit.path.id, edit.key, heads)
  }

  /** A change of a derived conflict file: it resolves the head that the file showed, and its new content belongs to its own path. */
  #changedDerived(edit: Edit, old: ShownRow, source: number, base: Known): void {
    if (sameAs(edit.draft, base.version)) {
      this.#show(edit, base)
      // Its time and mode are the head's, for which nobody can write another record: they are put back.
      if (!sameMetadata(withUntouched(edit.draft, base.version, old), base.version))
        this.#parts.ledger.demand(source, pathKey(base.version.path))
      return
    }
    if (this.#local) {
      this.#keepLocal(edit, base)
      return
    }
    const { view, ledger } = this.#parts
    view.forget(old, edit.key)
    // It stood in the place of what this path has to show for itself.
    if (edit.path.live) ledger.demand(edit.path.id, edit.key)
    this.#conflicts.resolve(source, base)
    this.#appeared({ ...edit, old: undefined })
  }

  /** Writes an edit, shows it, and leaves the path to-do where the disk does not show all there is to show. */
  #write(edit: Edit, before: readonly Known[], superseded: Superseded): void {
    const { path, key, change, old } = edit
    const { record, heads, deletedBy } = this.#records.write({ path, key, heads: before }, edit.draft, superseded)
    this.#show(edit, { record, version: { path: change.path } })
    const hidesOthers = change.kind !== 'directory' && this.#tables.paths.livesBelow(key)
    const waiting = path.fresh !== true && this.#tables.todo.revision(path.id) !== undefined
    // The content may be that of a head that a conflict file shows: that goes.
    const besides = this.#tables.shown.ofSource(path.id).length > 0
    if (heads.length > 1 || hidesOthers || waiting || besides) this.#parts.ledger.demand(path.id, key, heads)
    const kind = change.kind === 'tombstone' ? 'deleted' : old === undefined ? 'added' : 'changed'
    this.#report({ path: change.path, kind, ...(deletedBy && { deletedBy }) })
  }

  #report(path: AuthoredPath): void {
    if (this.paths.length < MAX_PATHS) this.paths.push(path)
  }

  /** Remembers a change that goes nowhere. */
  #keepLocal(edit: Edit, base: Known | null): void {
    const { path, key, change, old } = edit
    const content = change.kind === 'file' ? packContent(change.content) : null
    // One that was given up stays so when a later look only learns its times.
    const state = isGivenUp(old, change.kind, content) ? REVERTED : LOCAL
    this.#parts.view.noteChange(edit, base, { state, content })
    if (this.#tables.todo.revision(path.id) !== undefined) this.#parts.ledger.demand(path.id, key)
  }

  /** Notes that the disk shows this version at the edit's path, or with `local` a local edit of it. */
  #show(edit: Edit, origin: Origin | null, local?: LocalMark): void {
    const { view, ledger } = this.#parts
    if (edit.change.kind !== 'tombstone') return view.noteChange(edit, origin, local)
    if (edit.old !== undefined) view.forget(edit.old, edit.key)
    // Its directory may have been kept for it alone.
    ledger.reconsiderAncestors(edit.key)
  }
}
