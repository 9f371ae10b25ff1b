import type { FolderIndex } from '#db'
import { protectionsOf, type FolderRetention } from '#history'
import { pathKey } from '#model'

/** Versions looked at in one call. */
const PAGE = 256

/** How many versions of each snapshot, by its name, were lost, given up since or not; none of one that lacks nothing. */
export async function lostInSnapshots(
  index: Pick<FolderIndex, 'lost' | 'versions'>,
  retention: Pick<FolderRetention, 'pins' | 'snapshots'>,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  if (retention.snapshots.size === 0) return counts
  for (let after = 0; ;) {
    const page = await index.lost(after, PAGE, true)
    const last = page.at(-1)
    if (last === undefined) return counts
    after = last.record
    for (const all of Map.groupBy(page, ({ version }) => pathKey(version.path)).values()) {
      const known = await index.versions(all[0]!.version.path)
      const { snapshots } = protectionsOf(
        retention,
        known.map(({ version }) => version),
      )
      for (const { version } of all)
        for (const name of snapshots.get(version.id) ?? []) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
}
