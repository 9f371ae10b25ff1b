import { byPrecedence, isLive, parentPath, pathKey, sameContent, supersedes, type VersionId } from '#model'
import { draftFrom, draftOf, type Draft } from './draft.ts'
import type { Authored } from './folder-index.ts'
import type { OwnFile } from './own-file.ts'
import type { Ledger } from './ledger.ts'
import type { RecordWriter } from './record-writer.ts'
import type { Restoration } from './restoration.ts'
import type { Tables } from './tables/index.ts'
import type { Known } from './tables/records.ts'

/** Heads that this device wrote, and what becomes of a path when the content of one is nowhere any more, or a deletion was none. */
export class OwnFiles {
  readonly #tables: Tables
  readonly #ledger: Ledger

  constructor(tables: Tables, ledger: Ledger) {
    this.#tables = tables
    this.#ledger = ledger
  }

  of(path: string): OwnFile[] {
    const known = this.#tables.paths.find(pathKey(path))
    if (known === undefined) return []
    const heads = this.#ledger.heads(known.id)
    return heads
      .filter(({ version }) => version.author === this.#tables.state.device && version.kind === 'file')
      .map((head) => ({ head: head.version, before: this.#before(known.id, heads, head).map(({ version }) => version) }))
  }

  /** See FolderIndex.giveUp; gives what changed. */
  giveUp(path: string, lost: VersionId, instead: VersionId | null, records: RecordWriter): Authored['paths'] {
    const key = pathKey(path)
    const known = this.#tables.paths.find(key)
    const heads = known === undefined ? [] : this.#ledger.heads(known.id)
    const head = heads.find(({ version }) => version.id === lost && version.author === this.#tables.state.device)
    if (known === undefined || head === undefined) return []
    const others = heads.filter(({ version }) => isLive(version) && !sameContent(version, head.version))
    const winner =
      others.find(({ version }) => version.kind === 'directory') ??
      others.toSorted((a, b) => byPrecedence(a.version, b.version))[0]
    const fallback = winner ?? this.#before(known.id, heads, head).find(({ version }) => version.id === instead)
    const draft: Draft =
      fallback === undefined ? draftOf({ kind: 'tombstone', path: head.version.path }) : draftFrom(fallback.version)
    const replaced = (other: Known): boolean => other === winner || sameContent(other.version, head.version)
    const after = records.write({ path: known, key, heads }, draft, { base: null, replaced })
    this.#ledger.demand(known.id, key, after.heads)
    return [{ path: head.version.path, kind: fallback === undefined ? 'deleted' : 'changed' }]
  }

  /** See FolderIndex.bringBack; gives what changed. */
  bringBack(path: string, records: RecordWriter): Authored['paths'] {
    const key = pathKey(path)
    const known = this.#tables.paths.find(key)
    const heads = known === undefined ? [] : this.#ledger.heads(known.id)
    const [head] = heads
    if (known === undefined || head === undefined) return []
    if (heads.some(({ version }) => isLive(version)) || this.#isBelowFile(key)) return []
    const all = this.#superseded(known.id, heads, head).toSorted((a, b) => byPrecedence(a.version, b.version))
    // The last one, which need not have the latest time: where another clock is ahead, an older one has.
    const before = all.find(({ version }) => !all.some((other) => supersedes(other.version, version)))
    if (before === undefined || (before.version.kind !== 'directory' && this.#tables.paths.livesBelow(key))) return []
    const after = records.write({ path: known, key, heads }, draftFrom(before.version), { base: null, replaced: () => true })
    this.#ledger.demand(known.id, key, after.heads)
    return [{ path: before.version.path, kind: 'added' }]
  }

  /** See FolderIndex.restore; gives what changed; null where it is not what was expected. */
  restore({ path, id, expected }: Restoration, records: RecordWriter): Authored['paths'] | null {
    const key = pathKey(path)
    const known = this.#tables.paths.find(key)
    const heads = known === undefined ? [] : this.#ledger.heads(known.id)
    if (known === undefined || (expected !== undefined && !areSame(heads, expected))) return null
    const isThere = heads.some(({ version }) => isLive(version))
    const past = id === null ? null : [...this.#tables.records.ofPath(known.id)].find(({ version }) => version.id === id)
    if (past === undefined || (past === null && !isThere) || (heads.length === 1 && heads[0]!.version.id === id)) return []
    const draft: Draft = past === null ? draftOf({ kind: 'tombstone', path: heads[0]!.version.path }) : draftFrom(past.version)
    const after = records.write({ path: known, key, heads }, draft, { base: null, replaced: () => true })
    this.#ledger.demand(known.id, key, after.heads)
    const kind = draft.kind === 'tombstone' ? 'deleted' : isThere ? 'changed' : 'added'
    return [{ path: draft.path, kind }]
  }

  #isBelowFile(key: string): boolean {
    for (let above = parentPath(key); above !== ''; above = parentPath(above)) {
      const known = this.#tables.paths.find(above)
      const heads = known === undefined || !known.live ? [] : this.#ledger.heads(known.id)
      if (heads.some(({ version }) => isLive(version)) && !heads.some(({ version }) => version.kind === 'directory')) return true
    }
    return false
  }

  /** The newest first, and each content once. */
  #before(path: number, heads: readonly Known[], head: Known): Known[] {
    const sorted = this.#superseded(path, heads, head).toSorted((a, b) => byPrecedence(a.version, b.version))
    return sorted.filter(({ version }, at) => sorted.findIndex((other) => sameContent(other.version, version)) === at)
  }

  /** The live versions with other content that only this one of the heads supersedes. */
  #superseded(path: number, heads: readonly Known[], head: Known): Known[] {
    const others = heads.filter(({ version }) => !sameContent(version, head.version))
    return [...this.#tables.records.ofPath(path)].filter(
      ({ version }) =>
        isLive(version) &&
        !sameContent(version, head.version) &&
        supersedes(head.version, version) &&
        !others.some((other) => supersedes(other.version, version)),
    )
  }
}

/** Those of the same content count as one. */
function areSame(heads: readonly Known[], ids: readonly VersionId[]): boolean {
  const named = heads.filter(({ version }) => ids.includes(version.id))
  const isNamed = (head: Known): boolean => named.some(({ version }) => sameContent(version, head.version))
  return named.length === ids.length && heads.every(isNamed)
}
