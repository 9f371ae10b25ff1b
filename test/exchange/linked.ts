import type { DeviceId } from '#model'
import type { Link, Peer } from '#peers'
import { MemoryLink } from '../peers/memory-link.ts'

/** Two ends of one link: what `a` holds leads to device `b`. */
export function linked(a: DeviceId, b: DeviceId): { toB: Link; toA: Link } {
  const [toB, toA] = MemoryLink.pair(a, b)
  return { toB, toA }
}

/** A connected device that is reached over `bulk`. */
export function peerOver(bulk: Link): Peer & { leave(): void } {
  const gone = new AbortController()
  return {
    device: bulk.device,
    index: bulk,
    bulk: async () => bulk,
    onBulk: () => () => {},
    closed: gone.signal,
    address: 'memory',
    leave() {
      gone.abort()
      bulk.close('it left')
    },
  }
}
