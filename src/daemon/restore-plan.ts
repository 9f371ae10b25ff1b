import type { SnapshotRestored } from '#api/contract'
import type { Past } from '#history'
import type { ThenEntry } from './entries-then.ts'

/** Entries listed in one answer at most. */
const MAX_LISTED = 100_000
/** Files that are looked for at once. */
const LOOKED_FOR = 250

/** What a restoration writes and deletes, and what it cannot write. */
export type RestorePlan = Omit<SnapshotRestored, 'name' | 'to'>

export function emptyPlan(): RestorePlan {
  return { write: [], delete: [], entries: 0, bytes: 0, deleted: 0, missing: [], missingEntries: 0, missingBytes: 0 }
}

/** What writing all of some entries comes to, whether their content can be had or not. */
export async function planOf(entries: AsyncIterable<ThenEntry>): Promise<RestorePlan> {
  const plan = emptyPlan()
  for await (const entry of entries) add(plan, entry)
  return plan
}

/** Notes in `plan` the entries that can be written, and apart from them those of which no device that is connected has all content, as far as a look tells. */
export async function planKnown(
  plan: RestorePlan,
  past: Pick<Past, 'unavailable'>,
  entries: Iterable<ThenEntry> | AsyncIterable<ThenEntry>,
  signal: AbortSignal,
): Promise<void> {
  let page: ThenEntry[] = []
  const look = async (): Promise<void> => {
    signal.throwIfAborted()
    const missing = new Set(await past.unavailable(page, signal))
    for (const entry of page) (missing.has(entry) ? miss : add)(plan, entry)
    page = []
  }
  for await (const entry of entries) if (page.push(entry) === LOOKED_FOR) await look()
  await look()
}

/** Some that were planned to be written cannot be. */
export function planWithout(plan: RestorePlan, entries: readonly ThenEntry[]): void {
  const paths = new Set(entries.map(({ path }) => path))
  plan.write = plan.write.filter(({ path }) => !paths.has(path))
  for (const entry of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    plan.entries--
    plan.bytes -= entry.version.size
    miss(plan, entry)
  }
}

/** Some that were planned to be written have names that cannot be here. */
export function planUnfit(plan: RestorePlan, unfit: readonly { entry: ThenEntry; reason: string }[]): void {
  if (unfit.length === 0) return
  const paths = new Set(unfit.map(({ entry }) => entry.path))
  plan.write = plan.write.filter(({ path }) => !paths.has(path))
  plan.entries -= unfit.length
  plan.bytes -= unfit.reduce((sum, { entry }) => sum + entry.version.size, 0)
  plan.unfit = unfit.slice(0, MAX_LISTED).map(({ entry: { path }, reason }) => ({ path, reason }))
}

/** Notes what goes. */
export function planDeletion(plan: RestorePlan, path: string): void {
  if (++plan.deleted <= MAX_LISTED) plan.delete.push(path)
}

function add(plan: RestorePlan, { path, version: { id, kind, size } }: ThenEntry): void {
  plan.entries++
  plan.bytes += size
  if (plan.write.length < MAX_LISTED) plan.write.push({ path, version: id, kind, size })
}

function miss(plan: RestorePlan, { path, version: { size } }: ThenEntry): void {
  plan.missingEntries++
  plan.missingBytes += size
  if (plan.missing.length < MAX_LISTED) plan.missing.push(path)
}
