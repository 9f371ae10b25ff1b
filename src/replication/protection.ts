import type { Have } from '#db'
import { byChain, chainKey, type DeviceId, type RecordPlace } from '#model'

/** How far a device has come with keeping a folder's content: by chain (author and epoch) the last record up to which it has all. */
export type KeptBy = ReadonlyMap<string, number>

/** What a device has kept that has all up to these records. */
export function keptUpTo(upTo: readonly Have[]): KeptBy {
  return byChain(upTo)
}

/** Up to where both have come. */
export function bothKept(one: KeptBy, other: KeptBy): KeptBy {
  return new Map([...one].map(([chain, seq]) => [chain, Math.min(seq, other.get(chain) ?? 0)]))
}

/** The records up to which all is kept, of those there are, where these chains are behind. */
export function upToOf(have: readonly Have[], behind: readonly Have[]): Have[] {
  const seqs = keptUpTo(behind)
  return have.map((item) => ({ ...item, seq: Math.min(item.seq, seqs.get(chainKey(item)) ?? item.seq) }))
}

/** What a device says that it has kept, as far as that was known before; what was not known at all is left out. */
export function loweredTo(said: readonly Have[], known: KeptBy): Have[] {
  return said.flatMap((item) => {
    const seq = Math.min(item.seq, known.get(chainKey(item)) ?? 0)
    return seq > 0 ? [{ ...item, seq }] : []
  })
}

/** Has a device kept all that it had by an earlier word? */
export function covers(kept: KeptBy, before: KeptBy): boolean {
  return [...before].every(([chain, seq]) => (kept.get(chain) ?? 0) >= seq)
}

export function hasKept(kept: KeptBy | undefined, place: RecordPlace): boolean {
  return (kept?.get(chainKey(place)) ?? 0) >= place.seq
}

/** For each device the number of these records whose content it has not, as far as it has said; those that have all are left out. */
export function unprotected(
  have: readonly Have[],
  devices: readonly DeviceId[],
  keptOf: (device: DeviceId) => KeptBy | undefined,
): { device: DeviceId; records: number }[] {
  return devices.flatMap((device) => {
    const kept = keptOf(device)
    const records = have.reduce((sum, item) => sum + Math.max(0, item.seq - (kept?.get(chainKey(item)) ?? 0)), 0)
    return records === 0 ? [] : [{ device, records }]
  })
}

/**
 * Of these records the part, in percent, whose content all devices have, at least; 100 where there are none. Below 100 while one is left. Of one more
 * device it is known how many it lacks, whichever these are.
 */
export function protectedPercent(
  have: readonly Have[],
  devices: readonly DeviceId[],
  keptOf: (device: DeviceId) => KeptBy | undefined,
  lacking = 0,
): number {
  const all = have.reduce((sum, { seq }) => sum + seq, 0)
  const whole = have.reduce((sum, item) => {
    const least = Math.min(item.seq, ...devices.map((device) => keptOf(device)?.get(chainKey(item)) ?? 0))
    return sum + least
  }, 0)
  const kept = Math.max(0, whole - lacking)
  return all === kept ? 100 : Math.min(99.9, Math.floor((kept / all) * 1000) / 10)
}
