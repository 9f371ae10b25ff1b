import { sameBytes, toHex } from '#model'
import { isLayoutOf } from '#replication'
import type { Cluster } from './cluster.ts'

/** Do all go by the same layout, and is that one of the devices and pledges that there are? */
export function agreeOnLayout({ nodes, policy: { pledges, replicas } }: Cluster): boolean {
  const pledging = nodes
    .map(({ id }) => ({ device: id, capacity: pledges.get(id) ?? 0, away: false }))
    .filter(({ capacity }) => capacity > 0)
    .toSorted((a, b) => (a.device < b.device ? -1 : 1))
  const layouts = nodes.map(({ layout }) => layout?.current ?? null)
  if (pledging.length === 0) return layouts.every((layout) => layout === null)
  const first = layouts[0]
  return (
    first != null &&
    isLayoutOf(first, pledging, replicas) &&
    layouts.every((layout) => layout !== null && sameBytes(layout.hash, first.hash))
  )
}

/** Which layouts they go by, to be compared. */
export function layoutsOf({ nodes }: Cluster): string {
  return nodes.map(({ layout }) => (layout?.current == null ? '' : toHex(layout.current.hash))).join()
}

/** Which layouts they go by, in words. */
export function describeLayouts({ nodes }: Cluster): string[] {
  return nodes.flatMap(({ name, layout }) =>
    layout?.current == null ? [] : [`${name} goes by layout ${layout.current.counter} by ${layout.current.author.slice(-4)}`],
  )
}
