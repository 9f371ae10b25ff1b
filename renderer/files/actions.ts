import type { Change, ListItem, PastVersion } from '#api/contract'
import { api } from '../live/api.ts'
import { rightBefore } from '../live/right-before.ts'
import { tell } from '../live/toasts.ts'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { atOnce } from './at-once.ts'
import { listAgain } from './list-again.ts'
import { nameOf } from './rows.ts'
import { takeBack, tellingOfChange, unlessGone } from './take-back.ts'

const AT_ONCE = 4

/**
 * Deletes entries, directories with all in them, and says so with Undo, where that can tell what was there. `gone` hears each that is, whoever
 * deleted it. What is not begun when `signal` aborts stays. Rejects with the first failure.
 */
export async function removeAll(
  folder: string,
  items: readonly ListItem[],
  gone: (item: ListItem) => void,
  signal: AbortSignal,
): Promise<void> {
  const undos: Undo[] = []
  const [removed, partly]: [ListItem[], ListItem[]] = [[], []]
  try {
    await atOnce(items, AT_ONCE, async (item) => {
      if (signal.aborted) return
      const { path } = item
      const begun = Date.now() - 1
      const isDirectory = item.kind === 'directory'
      const at = isDirectory ? await rightBefore(folder, path) : null
      try {
        const { before } = await api.removeEntries({ folder, path, recursive: isDirectory }, { signal })
        removed.push(item)
        undos.push(undoOfRemoval(folder, item, before))
      } catch (error) {
        // No answer tells what there was: the time before does, but for what nobody had looked at.
        if (at !== null && (await isChanged(folder, path, begun))) {
          partly.push(item)
          undos.push(undoOfRemoval(folder, item, at))
        }
        if (signal.aborted) return
        unlessGone(error)
      }
      gone(item)
    })
  } finally {
    const undo = allOf(undos)
    if (removed.length > 0) tellWhat('files.deleted', removed, undo)
    else tellWhat('files.deleted.partly', partly, undo)
  }
}

/** null: it cannot be undone. */
type Undo = (() => Promise<unknown>) | null

/** What brings back what was deleted with an entry, as it was at a moment or time, and leaves what came since. */
function undoOfRemoval(folder: string, { kind, path }: ListItem, at: string): () => Promise<void> {
  return async () => {
    const { entries } = await api.restoreMoment({ folder, path, at, keepNew: true })
    if (entries === 0 && kind !== 'directory') throw new Error(t('undo.changed', { path: quoted(path) }))
  }
}

/** A deletion that did not get to its end may have deleted some of a directory. */
async function isChanged(folder: string, path: string, since: number): Promise<boolean> {
  const page = await api.timeline({ folder, path, limit: 1 }).catch(() => null)
  return page?.changes.some(({ cause, time }) => cause === 'deleted' && Date.parse(time) > since) ?? false
}

/** All of some can be undone, or nothing is promised. */
function allOf(undos: readonly Undo[]): Undo {
  const all = undos.filter((undo) => undo !== null)
  return all.length < undos.length ? null : () => atOnce(all, AT_ONCE, (undo) => undo())
}

/** Makes entries again what they were at a time, and says so with Undo, where a time tells what they are now. */
export async function restoreMoment(folder: string, items: readonly ListItem[], at: string): Promise<void> {
  const restored: ListItem[] = []
  const undos: Undo[] = []
  try {
    await atOnce(items, AT_ONCE, async (item) => {
      const { path } = item
      const before = await rightBefore(folder, path)
      await api.restoreMoment({ folder, path, at })
      restored.push(item)
      undos.push(before === null ? null : takingBack({ folder, path }, before, at))
    })
  } finally {
    tellWhat('files.restored', restored, allOf(undos))
  }
}

/** Makes a path, and what is below, what it was before something of it was made what it was `at` a time; what was changed since stays, and that is said. */
function takingBack({ folder, path }: { folder: string; path: string }, before: string, at: string): Undo {
  return async () => {
    const { left = 0 } = await api.restoreMoment({ folder, path, at: before, expected: { at } })
    if (left > 0) tell(t('undo.left', { count: left, place: quoted(path) }))
  }
}

/** Brings back what was deleted, as it was before; a directory with all that was deleted with it. */
export async function restoreDeleted(folder: string, items: readonly ListItem[]): Promise<void> {
  const restored: ListItem[] = []
  const undos: Undo[] = []
  try {
    await atOnce(items, AT_ONCE, async (item) => {
      const { path } = item
      const last = lastContent(await api.versions({ folder, path }))
      if (last === undefined) throw new Error(t('files.restore.gone', { name: quoted(nameOf(path)) }))
      if (last.kind === 'directory') {
        const at = await beforeDeletion(folder, path)
        if (at === null) throw new Error(t('files.restore.when', { name: quoted(nameOf(path)) }))
        const before = await rightBefore(folder, path)
        await api.restoreMoment({ folder, path, at, keepNew: true })
        undos.push(before === null ? null : takingBack({ folder, path }, before, at))
      } else {
        const { version } = await api.restore({ folder, path, version: last.version })
        undos.push(() => takeBack({ folder, path, version }, null).catch(tellingOfChange(path)))
      }
      restored.push(item)
    })
  } finally {
    tellWhat('files.restored', restored, allOf(undos))
  }
}

/** Of those that it was done with. */
function tellWhat(
  key: 'files.deleted' | 'files.deleted.partly' | 'files.restored',
  items: readonly ListItem[],
  undo: Undo,
): void {
  const [first] = items
  if (first === undefined) return
  const text = t(key, { count: items.length, name: quoted(nameOf(first.path)) })
  tell(text, undo === null ? null : () => undo().finally(listAgain))
  listAgain()
}

/** The newest that can be had again. Pure. */
export function lastContent(versions: readonly PastVersion[]): PastVersion | undefined {
  return versions.find(({ kind, forgotten, lost }) => kind !== 'tombstone' && !forgotten && !lost)
}

/**
 * Just before a directory was deleted: what was in it went first, entry by entry. null where a clock was ahead, so that no time tells before
 * from after.
 */
async function beforeDeletion(folder: string, path: string): Promise<string | null> {
  let first: Change | undefined
  let last: Change | undefined
  for (let before = ''; ;) {
    const { changes, next } = await api.timeline({ folder, path, before, limit: 1_000 })
    const others = changes.findIndex((change) => change.cause !== 'deleted' || change.device !== (first ?? change).device)
    first = (others < 0 ? changes : changes.slice(0, others)).at(-1) ?? first
    last = changes[others]
    if (others >= 0 || next === null) break
    before = next
  }
  const at = Date.parse(first?.time ?? new Date().toISOString()) - 1
  return last !== undefined && Date.parse(last.time) > at ? null : new Date(at).toISOString()
}
