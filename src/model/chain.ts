import type { RecordPlace } from './version.ts'

/** Chains that one list names at most: more never come together honestly. */
export const MAX_CHAINS = 65_536

/** Names a chain: the records that an author made in one epoch of its database. */
export function chainKey({ author, epoch }: Pick<RecordPlace, 'author' | 'epoch'>): string {
  return `${author}/${epoch}`
}

/** How far each chain goes. */
export function byChain(places: readonly RecordPlace[]): Map<string, number> {
  return new Map(places.map((place) => [chainKey(place), place.seq]))
}
