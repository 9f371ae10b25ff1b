import { hash } from 'node:crypto'

/** Stands for a content: equal bytes, equal key. Links count too, by their target. */
export type ContentKey = string

export const EMPTY: ContentKey = keyOf(new Uint8Array(0))

export function keyOf(bytes: Uint8Array): ContentKey {
  return hash('sha1', bytes)
}

export function linkKey(target: string): ContentKey {
  return `→${target}`
}

/** What the users did with a content. */
export interface Written {
  /** Where it was first written: device and path. */
  device: string
  path: string
  bytes: number
  /** What users and power cuts did with it since. */
  history: string[]
}

/**
 * Keeps account of every content that users wrote, from outside the engine:
 * - `live`: nobody has edited, replaced or deleted a file that held it, so it must be current in the end, on every device;
 * - `owed` by a device: it was durable in that device's tree, and no user took it away there, so it must be in its tree or archive.
 */
export class Contents {
  readonly #known = new Map<ContentKey, Written>()
  readonly live = new Set<ContentKey>()
  readonly #owed = new Map<string, Set<ContentKey>>()
  readonly #loose = new Map<string, Set<ContentKey>>()

  /** Contents that all had given up until they were written again, without a flush. */
  #revived: { device: string; path: string; key: ContentKey }[] = []
  /** Contents that all had given up until they were written again, and which no other device has yet. */
  #unshared: { device: string; key: ContentKey }[] = []

  known(key: ContentKey): Written | undefined {
    return this.#known.get(key)
  }

  readonly #now: () => number

  /** `now`: ms, for the history. */
  constructor(now: () => number) {
    this.#now = now
  }

  /**
   * A user wrote it; `flushed`: it survives a power cut already. `isOld`: to the engine it can be nothing but what was there before,
   * and it shares the fate of that.
   */
  wrote(
    device: string,
    path: string,
    { key, bytes, isOld }: { key: ContentKey; bytes: number; isOld: boolean },
    flushed: boolean,
  ): void {
    if (!this.#known.has(key)) this.#known.set(key, { device, path, bytes, history: [] })
    this.#note(key, `written on ${device} at ${path}${flushed ? '' : ' without a flush'}`)
    if (key === EMPTY) return
    const revives = !isOld && !this.live.has(key)
    if (!isOld) this.live.add(key)
    if (revives) this.#unshared.push({ device, key })
    if (flushed) this.owed(device).add(key)
    else {
      this.loose(device).add(key)
      if (revives) this.#revived.push({ device, path, key })
    }
  }

  /** A user wrote the same bytes over themselves. */
  rewrote(device: string, key: ContentKey, flushed: boolean): void {
    this.#note(key, `written again on ${device}`)
    if (!flushed && this.owed(device).delete(key)) this.loose(device).add(key)
  }

  /** Called with what users write. */
  filled: (key: ContentKey, bytes: Uint8Array) => void = () => undefined

  /** Called when a device loses a file that held it, by its user's doing. */
  lost: (device: string, key: ContentKey) => void = () => undefined

  /** A user edited, replaced or deleted a file that held it. */
  destroyed(device: string, key: ContentKey): void {
    this.lost(device, key)
    this.#note(key, `given up on ${device}`)
    this.live.delete(key)
    this.owed(device).delete(key)
    this.loose(device).delete(key)
  }

  /** The device says that it has it, durably. */
  promised(device: string, key: ContentKey): void {
    this.#unshared = this.#unshared.filter((item) => item.key !== key || item.device === device)
    if (key !== EMPTY && !this.loose(device).has(key)) this.owed(device).add(key)
  }

  /** It was moved without a flush: a power cut may take it along. */
  loosened(device: string, key: ContentKey): void {
    if (key === EMPTY) return
    this.#note(key, `moved on ${device}`)
    this.owed(device).delete(key)
    this.loose(device).add(key)
  }

  /** What users wrote without a flush has reached the disk by itself. */
  settled(device: string): void {
    for (const key of this.loose(device)) this.owed(device).add(key)
    this.loose(device).clear()
    this.#revived = this.#revived.filter((item) => item.device !== device)
  }

  /** A power cut: what was not flushed need not be there any more. `tree`: what is there now. */
  cut(device: string, tree: ReadonlyMap<string, { content: ContentKey | null }>): ContentKey[] {
    const here = new Set([...tree.values()].map(({ content }) => content))
    const lost = [...this.loose(device)].filter((key) => !here.has(key))
    // Given up before, it lived in a copy that is lost: what is left of it elsewhere was given up.
    for (const { device: at, path, key } of this.#revived) {
      if (at === device && tree.get(path)?.content !== key) this.live.delete(key)
    }
    this.#revived = this.#revived.filter((item) => item.device !== device)
    for (const key of lost) {
      this.#note(key, `lost to a power cut on ${device}`)
      this.lost(device, key)
      this.live.delete(key)
      this.owed(device).delete(key)
    }
    this.loose(device).clear()
    return lost
  }

  /** A file that a user was writing when the power went: whatever is in it is that user's. */
  torn(device: string, path: string, key: ContentKey, bytes: number): void {
    if (!this.#known.has(key)) this.#known.set(key, { device, path, bytes, history: [] })
  }

  /** A device knows nothing any more of what its users did: what equals a version from before is that version then. */
  indexLost(device: string): void {
    for (const item of this.#unshared) if (item.device === device) this.live.delete(item.key)
    this.#unshared = this.#unshared.filter((item) => item.device !== device)
  }

  /** The disk that its folder was on is gone, and nothing was on it alone. */
  diskLost(device: string): void {
    this.owed(device).clear()
    this.loose(device).clear()
    this.#revived = this.#revived.filter((item) => item.device !== device)
  }

  owed(device: string): Set<ContentKey> {
    return setOf(this.#owed, device)
  }

  loose(device: string): Set<ContentKey> {
    return setOf(this.#loose, device)
  }

  describe(key: ContentKey): string {
    const written = this.#known.get(key)
    return written === undefined
      ? `unknown content ${key.slice(0, 8)}`
      : `${key.slice(0, 8)} (${written.bytes} bytes: ${written.history.join('; ')})`
  }

  #note(key: ContentKey, what: string): void {
    this.#known.get(key)?.history.push(`${(this.#now() / 1000).toFixed(1)} s ${what}`)
  }
}

function setOf<K, V>(map: Map<K, Set<V>>, key: K): Set<V> {
  let set = map.get(key)
  if (set === undefined) {
    set = new Set()
    map.set(key, set)
  }
  return set
}
