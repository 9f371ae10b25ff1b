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
  const first = layouts[0] ?? null
  if (first === null) return pledging.length === 0 && layouts.every((layout) => layout === null)
  const devices = first.devices.filter(({ capacity }) => capacity > 0)
  return (
    isLayoutOf({ ...first, devices }, pledging, replicas) &&
    // Others stay in it, once they were away.
    first.devices.every(({ away }) => !away) &&
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
