import type { Backend } from '#api'
import type { ListItem } from '#api/contract'
import { HoldfastError, shellWord } from '#base'
import { protectionsOf, type Moment, type Past } from '#history'
import { isLive, parentPath, type Version, type VersionId } from '#model'
import { changedFault } from '#sync'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { pathsThen, type PathThen } from './entries-then.ts'
import type { OpenFolder } from './folder-opener.ts'
import { withReach } from './reach-words.ts'
import { writeFile } from './restored-file.ts'
import { keepsHistory, retentionOf } from './retention-of.ts'
import { versionThen } from './version-then.ts'

/** Of so many at once it is looked whether they are here. */
const LOOKED = 250

/** A file that is restored is waited for so long, ms, looked for every so often. */
const SHOWN_MS = 30_000
const LOOK_MS = 100

type HistoryOperations = Pick<Backend, 'versions' | 'restore'>

export function historyOperations(context: BackendContext): HistoryOperations {
  const { registry, membership, network } = context
  return {
    async versions({ folder, path }) {
      const called = membership.called()
      const found = registry.find(folder)
      const entries = await pastOf(found).versions(path)
      const versions = await found.index!.versions(path)
      const { pins, snapshots } = protectionsOf(
        retentionOf(network.group, found.stored.id),
        versions.map(({ version }) => version),
      )
      const stored = keepsHistory(network.group, found)
      return entries.map(({ time, isCurrent, isForgotten, isLost, ...entry }) => ({
        ...entry,
        by: called(entry.device),
        time: isoTime(time),
        pinned: pins.has(entry.version),
        snapshots: snapshots.get(entry.version)?.toSorted() ?? [],
        current: isCurrent,
        stored,
        forgotten: isForgotten,
        lost: isLost,
      }))
    },
    async restore({ folder, path, version: id, at, snapshot, to, expected }, signal) {
      const found = registry.find(folder)
      const past = pastOf(found)
      const chosen = await (id !== undefined
        ? past.version(path, { id })
        : at === undefined && snapshot === undefined
          ? past.version(path, { id: await lastOf(found, { path, to }) })
          : versionThen(network.group, found, past, path, { at, snapshot }))
      const { version } = chosen
      const reached = <T>(work: () => Promise<T>): Promise<T> => withReach(context, found, version, work)
      if (version.kind === 'tombstone') {
        throw new HoldfastError('not-found', `${version.path} was deleted then: there is nothing to restore`, {
          reason: 'deleted-then',
          values: { path: version.path },
          hint: `holdfast versions ${shellWord(`${found.stored.name}/${path}`)} lists the versions before`,
        })
      }
      if (to !== null) {
        await reached(async () => {
          await past.needContent(chosen, signal)
          await writeNew(past, found.stored.name, version, to, signal)
        })
        return { path: to, version: version.id, bytes: version.size, here: true }
      }
      const target = shellWord(`${found.stored.name}/${version.path}`)
      const head = await found.keeping!.holds.during(async () => {
        const [written] = await opened(found).actions.restore(
          async () => {
            // What comes there while content is on its way is nothing that anybody has seen.
            const heads = await headsExpected(found, version.path, expected)
            // Written only when all of it is here: nobody could withdraw a version whose content is nowhere.
            await reached(() => past.bringContent(chosen, signal))
            return [{ path: version.path, id: version.id, expected: heads }]
          },
          `holdfast restore ${target} --version ${version.id} --to FILE`,
          version.path,
        )
        if (written == null) throw changedFault(version.path)
        return written
      })
      const here = await isShown(context, found, version.path, signal)
      return { path: version.path, version: head ?? version.id, bytes: version.size, here }
    },
  }
}

/** The heads of a path, if they are what a caller expects, if anything: that version alone, or (empty) none that is live. Throws `conflict` otherwise. */
async function headsExpected({ index }: OpenFolder, path: string, expected: string | undefined): Promise<VersionId[]> {
  const [row] = await index!.rows([path])
  const heads = row?.heads ?? []
  const isSo = expected === undefined || (expected === '' ? !heads.some(isLive) : heads.length === 1 && heads[0]!.id === expected)
  if (!isSo) throw changedFault(path)
  return heads.map(({ id }) => id)
}

/** What a path was last, unless it is that still and is to be restored in place. */
async function lastOf({ stored, keeping }: OpenFolder, { path, to }: { path: string; to: string | null }): Promise<string> {
  const entries = await keeping!.past.versions(path)
  const isThere = entries.some(({ isCurrent, kind }) => isCurrent && kind !== 'tombstone')
  if (isThere && to === null) {
    throw new HoldfastError('usage', `${path} is there: say which of its versions is to be the newest: --version or --at`, {
      hint: `holdfast versions ${shellWord(`${stored.name}/${path}`)} lists them`,
    })
  }
  const last = entries.find(({ kind }) => kind !== 'tombstone')
  if (last === undefined)
    throw new HoldfastError('not-found', `nothing is known of ${path} in ${stored.name}`, {
      reason: 'never-known',
      values: { path, folder: stored.name },
    })
  return last.version
}

/** Waits until the disk shows what a path is now; false where that takes longer. */
async function isShown({ clock }: BackendContext, found: OpenFolder, path: string, signal: AbortSignal): Promise<boolean> {
  for (const end = clock.monotonic() + SHOWN_MS; ;) {
    const [row] = await found.index!.rows([path])
    if (row?.heads.some(({ id }) => row.shown.some(({ version }) => version?.id === id)) === true) return true
    if (clock.monotonic() >= end) return false
    await opened(found).whenChanged(LOOK_MS, signal)
  }
}

export function pastOf(folder: OpenFolder): Past {
  opened(folder)
  return folder.keeping!.past
}

/** Writes a version of a file elsewhere; `name` is the folder's. */
async function writeNew(past: Past, name: string, version: Version, to: string, signal: AbortSignal): Promise<void> {
  if (version.kind === 'file') return writeFile(past, version, to, signal)
  throw new HoldfastError('usage', `${version.path} was a ${version.kind} then: restore --to writes only files`, {
    reason: 'only-files',
    values: { path: version.path },
    hint: `holdfast get ${shellWord(`${name}/${version.path}`)} PLACE --at TIME${version.kind === 'directory' ? ' --recursive' : ''} copies it`,
  })
}

/** At most `limit` of what is at `under` or below, after the path `after` ('' = from the first one). */
export interface Page {
  under: string
  recursive: boolean
  after: string
  limit: number
}

interface Then extends Page {
  /** Deleted ones, too. */
  deleted: boolean
  /** A time in ms, or a moment. */
  at: number | Moment
}

/** What a folder showed at a time, in the form of a list of what it shows; conflict files right before what is at their path. */
export async function listedThen(folder: OpenFolder, { under, recursive, after, limit, deleted, at }: Then): Promise<ListItem[]> {
  const past = pastOf(folder)
  const items: ListItem[] = []
  const listed: Shown[] = []
  const take = async (): Promise<void> => {
    const isShown = ({ past: { isHead } }: Shown): boolean => isHead && folder.stored.path !== null
    const others = listed.filter((each) => !isShown(each))
    const here = await past.areHere(others.map(({ past: { version } }) => version))
    const found = new Set(others.filter((_, n) => here[n] === true))
    for (const each of listed.splice(0)) items.push(itemOf(folder, each, isShown(each) || found.has(each)))
  }
  // A page ends with what is at a path itself, so that the next one begins after it, however many conflict files there are.
  for await (const { entries, deleted: gone } of pathsThen(past, at, { under, after })) {
    const there = gone === null ? entries : deleted ? [{ path: gone.version.path, past: gone }] : []
    const main = there.at(-1)
    if (main === undefined) continue
    const isIn = recursive || parentPath(main.path) === under || (main.path === under && main.past.version.kind !== 'directory')
    if (!isIn) continue
    listed.push(...there)
    if (listed.length >= LOOKED) await take()
    if (items.length + listed.length >= limit) break
  }
  await take()
  return items
}

type Shown = PathThen['entries'][number]

function itemOf({ stored }: OpenFolder, { path, past: { version } }: Shown, isHere: boolean): ListItem {
  const { kind, size, mtime, id } = version
  return {
    folder: stored.name,
    path,
    kind: kind === 'tombstone' ? 'file' : kind,
    size,
    modified: kind === 'directory' || kind === 'tombstone' ? null : isoTime(mtime / 1000),
    version: id,
    state: kind === 'tombstone' ? 'deleted' : isHere ? 'here' : 'elsewhere',
  }
}
