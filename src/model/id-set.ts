/** Bytes of an id that it is known by: of a million chunks about one in 300 million that is not in the set passes for one that is. */
const PREFIX_BYTES = 6
/** Slots for each id, at least: with fewer a look takes longer. */
const SPARE = 1.5
const FIRST_SLOTS = 1024

/**
 * Many 32-byte ids in little memory (8 to 16 bytes for each), known by their first bytes alone: what is in it is found, and now and
 * then what is not. For where a mistake of that kind does no harm. Open addressing, linear probing.
 */
export class IdSet {
  /** 0: free; else the prefix + 1. */
  #slots = new Float64Array(FIRST_SLOTS)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** The id that starts at `at`. */
  add(ids: Uint8Array, at: number): void {
    if (this.#size * SPARE >= this.#slots.length) this.#grow()
    this.#put(prefixAt(ids, at))
  }

  has(ids: Uint8Array, at: number): boolean {
    const key = prefixAt(ids, at)
    return this.#slots[this.#slotOf(key)] === key
  }

  #put(key: number): void {
    const slot = this.#slotOf(key)
    if (this.#slots[slot] === key) return
    this.#slots[slot] = key
    this.#size++
  }

  /** Where a key is, or would be. */
  #slotOf(key: number): number {
    const mask = this.#slots.length - 1
    // Ids are as good as random, so any of their bits will do.
    let slot = (key >>> 0) & mask
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== key) slot = (slot + 1) & mask
    return slot
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Float64Array(old.length * 2)
    this.#size = 0
    for (const key of old) if (key !== 0) this.#put(key)
  }
}

function prefixAt(ids: Uint8Array, at: number): number {
  let prefix = 0
  for (let byte = 0; byte < PREFIX_BYTES; byte++) prefix = prefix * 256 + ids[at + byte]!
  return prefix + 1
}
