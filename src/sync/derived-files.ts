import type { Applied, FolderIndex, LocalChange, TodoRow } from '#db'
import { baseName, CHUNK_ITEM_BYTES, isLive, pathKey, sameBytes, sameContent, type Version } from '#model'
import { conflictPath } from './conflict-name.ts'
import { wantedEntries } from './reconcile.ts'

/** Names that one head may have, as far as those before are those of other files. */
const MAX_NAMES = 9
const NUMBERS = Array.from({ length: MAX_NAMES }, (_, at) => at + 1)

/** A name that was cut has so many bytes at least: one of 255 in which the last character did not fit, of four bytes. */
const LEAST_CUT_BYTES = 252

/** The mark in the name of a derived conflict file that was not cut: what it is derived from is what stands around it. */
const MARK = /\.conflict-\d{8,}-\d{6}-[1-9A-HJ-NP-Za-km-z]{8}-[0-9a-f]{6}(?:-[2-9])?(?=(?:\.[^./]*)?$)/g

/** False where none of some paths, joined in any way, is the name of a conflict file. */
export function mayNameConflicts(paths: string): boolean {
  return paths.includes('.conflict-')
}

/**
 * The paths whose conflict a name may come from; none for most names, two where the ending is a mark as well: a conflict of a file
 * that has the name of a conflict file. What stands at the one bears on how the other shows.
 */
export function sourcesOfDerived(path: string): string[] {
  if (!mayNameConflicts(path)) return []
  return [...path.matchAll(MARK)]
    .filter(({ index }) => index > 0 && path[index - 1] !== '/')
    .map(({ index, 0: mark }) => path.slice(0, index) + path.slice(index + mark.length))
}

/**
 * The paths in conflict that derived names may come from which were cut, and so do not tell it: all that begin alike. Those that have
 * the name of a conflict file themselves are passed over, or two of them would have each other looked at for ever.
 */
export async function sourcesOfCut(index: Pick<FolderIndex, 'conflictsBeginning'>, paths: readonly string[]): Promise<string[]> {
  const beginnings = new Set(paths.flatMap(beginningOfCut))
  const found = await Promise.all([...beginnings].map((beginning) => index.conflictsBeginning(beginning)))
  return found.flat().filter((path) => !mayNameConflicts(path))
}

function beginningOfCut(path: string): string[] {
  if (!mayNameConflicts(path) || Buffer.byteLength(baseName(path)) < LEAST_CUT_BYTES) return []
  const mark = [...path.matchAll(MARK)].at(-1)
  return mark === undefined ? [] : [path.slice(0, mark.index)]
}

/**
 * Finds, among files that are new to the index, derived conflict files that it has forgotten (a database lost or restored): as
 * files of their own they would stand where the conflict is to show. Returns them as what the disk shows of their heads.
 */
export async function recogniseDerived(
  index: Pick<FolderIndex, 'rows' | 'putManifestPieces'>,
  changes: readonly LocalChange[],
): Promise<Applied['shown']> {
  const candidates = changes.flatMap((change) => {
    const sources = change.kind === 'file' || change.kind === 'symlink' ? sourcesOfDerived(change.path) : []
    return sources.map((source) => ({ change, source }))
  })
  if (candidates.length === 0) return []
  const rows = await index.rows(candidates.map(({ source }) => source))
  const own = await index.rows(candidates.map(({ change }) => change.path))
  const shown = candidates.flatMap(({ change }, at) => {
    const isKnown = own[at]?.heads.some(isLive) === true || own[at]?.shown.length !== 0
    const head = isKnown
      ? undefined
      : rows[at]?.heads.find(
          (version) =>
            isLive(version) && NUMBERS.some((number) => pathKey(conflictPath(version, number)) === pathKey(change.path)),
        )
    return head === undefined ? [] : shownAs(change, head)
  })
  const manifests = candidates.flatMap(({ change }) =>
    change.kind === 'file' && change.content.manifest !== undefined ? [change.content.manifest] : [],
  )
  const pieces = manifests.flatMap(({ chunks, pieces: all }) =>
    all.map((bytes, at) => ({ id: chunks.slice(at * CHUNK_ITEM_BYTES, at * CHUNK_ITEM_BYTES + 32), bytes })),
  )
  if (shown.length > 0 && pieces.length > 0) await index.putManifestPieces(pieces)
  return shown
}

/** Nothing where the content is another one. */
function shownAs(change: LocalChange, head: Version): Applied['shown'] {
  const { path } = change
  const common = { path, version: head.id, source: head.path }
  if (change.kind === 'symlink' && head.kind === 'symlink' && change.target === head.target) {
    return [{ ...common, kind: 'symlink', stat: change.stat }]
  }
  if (change.kind !== 'file' || head.kind !== 'file') return []
  const { chunks, size, manifest } = change.content
  if (size !== head.size || !sameBytes(manifest?.chunks ?? chunks, head.chunks)) return []
  return [{ ...common, kind: 'file', stat: change.stat }]
}

/** How derived conflict files stand to paths of their own at their names. */
export interface DerivedNames {
  /** Does `version` show at that name already, as the content of a path of its own? It need not show there again. */
  taken(version: Version): boolean
  /** Where `version` shows: at the first of its names where no path of its own with another content is. */
  nameOf(version: Version): string
}

/** Looks at what stands at the derived names that the rows ask for: written, say, by a device that had forgotten the conflict. */
export async function derivedNames(index: Pick<FolderIndex, 'rows'>, rows: readonly TodoRow[]): Promise<DerivedNames> {
  const names = new Map<string, string>()
  const taken = new Set<string>()
  // One head alone, with nothing below it, shows at its own path.
  const mayDerive = rows.filter(({ heads, below }) => heads.length > 1 || below)
  let open = mayDerive.flatMap((row) =>
    wantedEntries(row).flatMap(({ path, version }) => (version === null || pathKey(path) === pathKey(row.path) ? [] : [version])),
  )
  for (let number = 1; open.length > 0 && number <= MAX_NAMES; number++) {
    const paths = open.map((version) => conflictPath(version, number))
    const owners = await index.rows(paths)
    open = open.filter((version, at) => {
      const live = owners[at]?.heads.filter(isLive) ?? []
      const isSame = live.some((head) => sameContent(head, version))
      if (live.length > 0 && !isSame) return true
      names.set(version.id, paths[at] ?? '')
      if (isSame) taken.add(version.id)
      return false
    })
  }
  return { taken: ({ id }) => taken.has(id), nameOf: (version) => names.get(version.id) ?? conflictPath(version, MAX_NAMES) }
}
