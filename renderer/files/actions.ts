import type { Change, ListItem, PastVersion } from '#api/contract'
import { api } from '../live/api.ts'
import { tell } from '../live/toasts.ts'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { atOnce } from './at-once.ts'
import { listAgain } from './list-again.ts'
import { nameOf } from './rows.ts'

const AT_ONCE = 4

/** Deletes entries, directories with all in them, and says so with Undo. `done` hears how many are. Rejects with the first failure. */
export async function removeAll(folder: string, items: readonly ListItem[], done: (count: number) => void): Promise<void> {
  const moment = new Date().toISOString()
  const removed: ListItem[] = []
  try {
    await atOnce(items, AT_ONCE, async (item) => {
      await api.removeEntries({ folder, path: item.path, recursive: item.kind === 'directory' })
      done(removed.push(item))
    })
  } finally {
    tellWhat('files.deleted', removed, () =>
      atOnce(removed, AT_ONCE, (item) =>
        item.kind === 'directory' || item.version === null
          ? api.restoreMoment({ folder, path: item.path, at: moment })
          : api.restore({ folder, path: item.path, version: item.version }),
      ),
    )
  }
}

/** Makes entries again what they were at a time, and says so with Undo. */
export async function restoreMoment(folder: string, items: readonly ListItem[], at: string): Promise<void> {
  const moment = new Date().toISOString()
  const restored: ListItem[] = []
  try {
    await atOnce(items, AT_ONCE, async (item) => {
      await api.restoreMoment({ folder, path: item.path, at })
      restored.push(item)
    })
  } finally {
    tellWhat('files.restored', restored, () =>
      atOnce(restored, AT_ONCE, ({ path }) => api.restoreMoment({ folder, path, at: moment })),
    )
  }
}

/** Brings back what was deleted, as it was before; a directory with all that was deleted with it. */
export async function restoreDeleted(folder: string, items: readonly ListItem[]): Promise<void> {
  const restored: ListItem[] = []
  try {
    await atOnce(items, AT_ONCE, async (item) => {
      const { path } = item
      const last = lastContent(await api.versions({ folder, path }))
      if (last === undefined) throw new Error(t('files.restore.gone', { name: quoted(nameOf(path)) }))
      if (last.kind === 'directory') await api.restoreMoment({ folder, path, at: await beforeDeletion(folder, path) })
      else await api.restore({ folder, path, version: last.version })
      restored.push(item)
    })
  } finally {
    tellWhat('files.restored', restored, () =>
      atOnce(restored, AT_ONCE, ({ path }) => api.removeEntries({ folder, path, recursive: true })),
    )
  }
}

/** With Undo, of those that it was done with. */
function tellWhat(key: 'files.deleted' | 'files.restored', items: readonly ListItem[], undo: () => Promise<unknown>): void {
  const [first] = items
  if (first === undefined) return
  tell(t(key, { count: items.length, name: quoted(nameOf(first.path)) }), () => undo().finally(listAgain))
  listAgain()
}

/** The newest that can be had again. Pure. */
export function lastContent(versions: readonly PastVersion[]): PastVersion | undefined {
  return versions.find(({ kind, forgotten, lost }) => kind !== 'tombstone' && !forgotten && !lost)
}

/** Just before a directory was deleted: what was in it went first, entry by entry. */
async function beforeDeletion(folder: string, path: string): Promise<string> {
  let first: Change | undefined
  for (let before = ''; ;) {
    const { changes, next } = await api.timeline({ folder, path, before, limit: 1_000 })
    const others = changes.findIndex((change) => change.cause !== 'deleted' || change.device !== (first ?? change).device)
    first = (others < 0 ? changes : changes.slice(0, others)).at(-1) ?? first
    if (others >= 0 || next === null) break
    before = next
  }
  return new Date(Date.parse(first?.time ?? new Date().toISOString()) - 1).toISOString()
}
