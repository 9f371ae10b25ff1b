import { foldedKey, pathKey } from '#model'

const BEYOND_ASCII = /[^\x00-\x7f]/

/** Can this name have a twin at all? */
export function mayHaveTwin(name: string, foldsCase: boolean): boolean {
  return foldsCase || BEYOND_ASCII.test(name)
}

/**
 * Of names that are the same in NFC (and but for case, where the disk folds it) one is carried: a known one before others,
 * then the first in byte order. Returns the others, each with the one it gives way to.
 */
export function findTwins(names: readonly string[], foldsCase: boolean, isKnown: (name: string) => boolean): Map<string, string> {
  const twins = new Map<string, string>()
  if (!names.some((name) => mayHaveTwin(name, foldsCase))) return twins
  const key = foldsCase ? foldedKey : pathKey
  const carried = new Map<string, string>()
  for (const name of names) {
    const other = carried.get(key(name))
    if (other === undefined) {
      carried.set(key(name), name)
      continue
    }
    const wins = isKnown(name) === isKnown(other) ? Buffer.compare(Buffer.from(name), Buffer.from(other)) < 0 : isKnown(name)
    if (wins) carried.set(key(name), name)
    twins.set(wins ? other : name, '')
  }
  for (const name of twins.keys()) twins.set(name, carried.get(key(name))!)
  return twins
}
