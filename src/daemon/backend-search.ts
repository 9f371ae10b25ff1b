import type { Backend } from '#api'
import type { ListItem } from '#api/contract'
import { RANKS, type FolderIndex } from '#db'
import type { BackendContext } from './backend-context.ts'
import { listItemOf } from './backend-content.ts'
import { opened } from './backend-folders.ts'
import type { OpenFolder } from './folder-opener.ts'

/** Gone through in one call, which takes some 10 ms: all else that asks the databases comes in between. What was deleted costs most. */
const CALL = { paths: 50_000, fitting: 1_000 }

/** What is looked for, how much of it is wanted at most, and what is gone through in one call. */
interface Wanted {
  query: string
  deleted: boolean
  count: number
  call: typeof CALL
}

interface Ranked {
  rank: number
  item: ListItem
}

export function searchOperations({ registry }: Pick<BackendContext, 'registry'>, call = CALL): Pick<Backend, 'search'> {
  return {
    async search({ query, folder, deleted, limit }, signal) {
      const folders = folder === undefined ? registry.folders.filter(({ sync }) => sync !== null) : [registry.find(folder)]
      const wanted = { query, deleted, count: limit + 1, call }
      const found: Ranked[] = []
      for (const each of folders) found.push(...(await foundIn(each, wanted, signal)))
      const sorted = found.toSorted((a, b) => a.rank - b.rank || byText(a.item.path, b.item.path))
      return { items: sorted.slice(0, limit).map(({ item }) => item), more: found.length > limit }
    },
  }
}

/** The nearest in one folder. */
async function foundIn(folder: OpenFolder, { query, deleted, count, call }: Wanted, signal: AbortSignal): Promise<Ranked[]> {
  opened(folder)
  const index = folder.index!
  /** By rank, each in the order of the paths. */
  const found: string[][] = Object.values(RANKS).map(() => [])
  for (let [after, maxRank]: [string | null, number] = ['', RANKS.path]; after !== null && maxRank >= RANKS.equal;) {
    signal.throwIfAborted()
    const page: Awaited<ReturnType<FolderIndex['find']>> = await index.find({ query, deleted, maxRank, after, ...call })
    for (const { path, rank } of page.found) if (found[rank]!.length < count) found[rank]!.push(path)
    after = page.next
    // Of a rank of which there are enough, with those before it, none that comes later is nearer.
    let total = 0
    const full = found.findIndex(({ length }) => (total += length) >= count)
    if (full >= 0) maxRank = full - 1
  }
  const nearest = found.flatMap((ranked, rank) => ranked.map((path) => ({ path, rank }))).slice(0, count)
  const entries = await index.entriesAt(nearest.map(({ path }) => path))
  return nearest.flatMap(({ rank }, at): Ranked[] => {
    const there = entries[at]
    if (there == null) return []
    const item = listItemOf(folder.stored, there.entry)
    return [{ rank, item: there.isDeleted ? { ...item, modified: null, state: 'deleted' } : item }]
  })
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
