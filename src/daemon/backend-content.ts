import { HoldfastError, shellWord } from '#base'
import type { Backend } from '#api'
import type { Conflict, ListItem, Remark } from '#api/contract'
import type { FolderIndex, ListedEntry } from '#db'
import { shownOf } from '#history'
import { parentPath, type VersionId } from '#model'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { listedThen, type Page } from './backend-history.ts'
import { HISTORY_HINT, needHistory } from './backend-retention.ts'
import { keepsHistory } from './retention-of.ts'
import { folderNames } from './backend-status.ts'
import type { OpenFolder } from './folder-opener.ts'
import { lastingNotes } from './safety.ts'
import { momentNamed } from './snapshot-named.ts'
import { remark } from './remarks.ts'
import { inOne, inTheWay, lateError, noteOn, untilAllSynced, untilProtected } from './waiting.ts'

const PAGE = 1_000

type ContentOperations = Pick<Backend, 'wait' | 'obstacles' | 'scan' | 'list' | 'conflicts' | 'resolveConflict'>

export function contentOperations(context: BackendContext): ContentOperations {
  const { registry, clock, network } = context
  const chosen = (folder: string | null | undefined): OpenFolder[] =>
    folder == null ? registry.folders : [registry.find(folder)]
  return {
    async wait({ folder, for: goal, timeoutSeconds }, signal) {
      const started = clock.monotonic()
      const folders = chosen(folder)
      const unkept = goal === 'protected' ? folders.filter((item) => !keepsHistory(network.group, item)) : []
      if (unkept.length > 0 && unkept.length === folders.length) needHistory(network.group, unkept[0]!)
      const late = new AbortController()
      const timer = timeoutSeconds === null ? null : clock.after(timeoutSeconds * 1000, () => late.abort())
      try {
        const either = AbortSignal.any([signal, late.signal])
        await untilAllSynced(context, folders, either)
        if (goal === 'protected') for (const item of folders) await untilProtected(item, either, copyTeller(context, item))
      } catch (error) {
        if (timeoutSeconds === null || !late.signal.aborted) throw error
        throw await lateError(context, folders, timeoutSeconds, goal)
      } finally {
        timer?.cancel()
      }
      const lasting = goal === 'protected' ? folders.flatMap((item) => lastingNotes(context, item)) : []
      const unheld = lasting.find(({ reasonCode }) => reasonCode === 'unheld')
      if (unheld !== undefined)
        throw new HoldfastError('offline', `${unheld.folder} is not protected: ${unheld.message}`, { hint: unheld.hint })
      const notes = [...folders.flatMap((item) => noteOn(context, item) ?? []), ...unkept.map(unprotectable), ...lasting]
      return { synced: true, seconds: since(started), notes }
    },
    obstacles: ({ folder, for: goal }) => inTheWay(context, chosen(folder), goal),
    async scan({ folder }, signal) {
      const started = clock.monotonic()
      const notes: Remark[] = []
      const faults: unknown[] = []
      let changed = 0
      for (const item of chosen(folder)) {
        if (folder === null && item.sync?.standing.state === 'paused') notes.push(passedOver(item.stored.name))
        else
          try {
            await opened(item).actions.retry()
            changed += await opened(item).scan(signal)
          } catch (fault) {
            signal.throwIfAborted()
            faults.push(fault)
          }
      }
      if (faults.length > 0) throw inOne(faults)
      return { changed, seconds: since(started), notes }
    },
    async list({ folder, path, recursive, deleted, at, snapshot, after, limit }) {
      if (folder === undefined) {
        return (after === '' ? registry.folders : []).map(({ stored }) => ({
          folder: stored.name,
          path: '',
          kind: 'directory',
          size: 0,
          modified: null,
          version: null,
          state: 'here',
        }))
      }
      const found = registry.find(folder)
      const page = { under: path.replace(/\/+$/, ''), recursive, after, limit }
      if (snapshot !== undefined) {
        const moment = await momentNamed(context.network.group, found, snapshot)
        return listedThen(found, { ...page, deleted, at: moment })
      }
      if (!deleted && at === undefined) return listed(found, page)
      return listedThen(found, { ...page, deleted, at: at === undefined ? Infinity : Date.parse(at) })
    },
    async conflicts({ folder }) {
      const all: Conflict[] = []
      const called = context.membership.called()
      for (const { stored, index } of chosen(folder)) {
        const conflicts = (await index?.conflicts()) ?? []
        all.push(
          ...conflicts.map((item) => ({
            folder: stored.name,
            path: item.path,
            with: item.with,
            device: item.device,
            by: called(item.device),
            time: isoTime(item.time),
            shownDevice: item.shown?.device ?? null,
            shownBy: item.shown === null ? null : called(item.shown.device),
          })),
        )
      }
      return all
    },
    async resolveConflict({ folder, path, keep, device: reference, expected }) {
      const found = registry.find(folder)
      const device = reference === undefined ? undefined : context.membership.find(reference)
      await opened(found).actions.resolve({ path, keep, device, expected: expected as VersionId[] | undefined })
      return { folder: folderNames(context).get(found.stored.id) ?? found.stored.name, path }
    },
  }

  function since(started: number): number {
    return Math.round(clock.monotonic() - started) / 1000
  }
}

/** Tells by events how many copies there are, of as many as were lacking at most. */
function copyTeller(
  { announce, clock }: BackendContext,
  { stored: { name: folder }, keeping }: OpenFolder,
): (lacking: number) => void {
  let total = 0
  return (lacking) => {
    total = Math.max(total, lacking)
    keeping?.haste.stoodStill(lacking, clock.monotonic())
    announce({ event: 'progress', data: { command: 'wait', done: total - lacking, total, unit: 'copies', folder } })
  }
}

/** Of a paused folder, where all are looked at. */
function passedOver(name: string): Remark {
  return remark(name, 'paused', {}, `holdfast folder resume ${shellWord(name)} ends the pause`)
}

/** Of a folder that nothing is to be waited for in, where all are waited for. */
function unprotectable({ stored }: OpenFolder): Remark {
  return remark(stored.name, 'no-history', {}, HISTORY_HINT)
}

type Listed = Awaited<ReturnType<ContentOperations['list']>>

async function listed(folder: OpenFolder, { under, recursive, after: start, limit }: Page): Promise<Listed> {
  opened(folder)
  const { stored, index } = folder
  const items: Listed = []
  if (index === null) return items
  for (let after = start; ;) {
    const page = await index.list(under, after, PAGE)
    for (const entry of page) {
      if (recursive || parentPath(entry.path) === under) items.push(listItemOf(stored, entry))
      if (items.length === limit) return items
    }
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    after = last.path
  }
  if (items.length > 0 || under === '' || start !== '') return items
  const alone = await entryAt(index, under)
  if (alone === null)
    throw new HoldfastError('not-found', `there is no ${under} in ${stored.name}`, {
      reason: 'no-entry',
      values: { path: under, folder: stored.name },
      hint: `holdfast ls ${shellWord(stored.name)} shows what there is`,
    })
  return alone.kind === 'directory' ? [] : [listItemOf(stored, alone)]
}

/** What the index lists, as the API does. */
export function listItemOf(stored: OpenFolder['stored'], { path, kind, size, modified, version, state }: ListedEntry): ListItem {
  return {
    folder: stored.name,
    path,
    kind,
    size,
    // Directories have no time that is carried.
    modified: kind === 'directory' ? null : isoTime(modified),
    version,
    state: stored.path === null ? 'elsewhere' : state === 'pending' ? 'waiting' : 'here',
  }
}

/** What is at the path itself: a file, or a directory with nothing in it. */
export async function entryAt(index: FolderIndex, path: string): Promise<ListedEntry | null> {
  const [row] = await index.rows([path])
  const shown = row?.shown.find((entry) => entry.path === path)
  if (shown !== undefined) {
    const { kind, size, stat, version } = shown
    return { path, kind, size, modified: stat.mtimeMs, version: version?.id ?? null, state: 'synced' }
  }
  const head = shownOf(row?.heads ?? [])
  if (head === undefined || head.kind === 'tombstone') return null
  return { path, kind: head.kind, size: head.size, modified: head.mtime / 1000, version: head.id, state: 'pending' }
}
