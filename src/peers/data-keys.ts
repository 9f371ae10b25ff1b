import type { Clock, Logger, Random } from '#base'
import type { DataKey } from '#content'
import { mayRead, mayWrite, tickHlc, type DeviceId, type FolderId } from '#model'
import { byAge, nameOf, type FoldedDataKeys } from './fold-data-keys.ts'
import { MAX_KEYS_MADE } from './fold-draft.ts'
import type { FoldedGroup } from './fold-group.ts'
import type { Identity } from './identity.ts'
import type { DataKeyName, DataKeyWraps, WrappedDataKey } from './operation-body.ts'
import { dataKeyId, unwrapDataKey, wrapDataKey } from './wrap.ts'
import { keyHolders, wrapFor } from './wrap-for.ts'

/** Data keys that this device makes for one folder: whoever turns roles on and off must not keep it making them for ever. */
const MAX_MADE = 256
/** Wraps in one operation, of about 150 bytes each, and wraps given in one go; what is left is given in the next. */
const MAX_WRAPS = 256
/** Keys in one question. */
const MAX_ASKED = 1_000

export interface KeyParts {
  identity: Identity
  clock: Clock
  random: Random
  logger: Logger
}

export type HeldDataKey = DataKey & DataKeyName

/** Who is to get which data key. */
interface Gift {
  key: HeldDataKey
  device: DeviceId
}

/** The data keys of folders that this device was given, unwrapped; their making, and their wrapping for others. */
export class DataKeys {
  readonly #parts: KeyParts
  readonly #held = new Map<FolderId, HeldDataKey[]>()
  /** Wraps that were tried and do not open. */
  readonly #rubbish = new WeakSet<WrappedDataKey>()

  constructor(parts: KeyParts) {
    this.#parts = parts
  }

  /** All that were unwrapped since `clear`, also those that the log has no more. In their order. */
  held(folder: FolderId): readonly HeldDataKey[] {
    return this.#held.get(folder) ?? []
  }

  /** Those that count in the folder, in their order: the last one is to seal. */
  counted(state: FoldedGroup, folder: FolderId): HeldDataKey[] {
    const known = state.dataKeys(folder)
    return this.held(folder).filter((key) => known?.has(key) === true)
  }

  clear(): void {
    this.#held.clear()
  }

  /** Unwraps what the log has of a folder for this device and is not unwrapped yet. */
  refresh(state: FoldedGroup, folder: FolderId): void {
    const { identity, logger } = this.#parts
    const known = state.dataKeys(folder)
    const held = [...this.held(folder)]
    for (const name of known === undefined ? [] : this.#notHeld(known, folder)) {
      for (const wrap of known!.wraps(name, identity.device)) {
        if (this.#rubbish.has(wrap)) continue
        const key = unwrapDataKey(wrap, { group: state.id, folder }, identity.x25519)
        if (key !== undefined) {
          held.push({ id: name.id, hlc: name.hlc, key })
          break
        }
        this.#rubbish.add(wrap)
        logger.warn({ folder }, 'a data key wrapped for this device is not the one that it is called')
      }
    }
    if (held.length > this.held(folder).length) this.#held.set(folder, held.sort(byAge))
  }

  /** Of which keys was this device given wraps that all do not open? */
  unopened(state: FoldedGroup, folder: FolderId): DataKeyName[] {
    const own = this.#parts.identity.device
    const known = state.dataKeys(folder)
    if (known === undefined || !mayRead(state.role(folder, own))) return []
    return this.#notHeld(known, folder)
      .filter((name) => known.wraps(name, own).length > 0)
      .map(({ id, hlc }) => ({ id, hlc }))
      .slice(0, MAX_ASKED)
  }

  /** Which devices may read the folder, lack a key of it, and could have it from this device. */
  lacking(state: FoldedGroup, folder: FolderId): Gift[] {
    const own = this.#parts.identity.device
    const known = state.dataKeys(folder)
    const keys = this.counted(state, folder)
    const readers = keys.length === 0 ? [] : state.readers(folder)
    return readers.flatMap((device) => keys.filter((key) => known!.lacks(key, device, own)).map((key): Gift => ({ key, device })))
  }

  give(state: FoldedGroup, folder: FolderId): DataKeyWraps[] {
    return this.#wraps(state, folder, this.lacking(state, folder), MAX_WRAPS)
  }

  /**
   * Is a key of the folder to be made, which this device can? Where it has none; where one that may no longer read has the one that seals;
   * and where keys are no longer in the log with which this device may have sealed, since who made them was removed by one who had not
   * heard of it.
   */
  isDue(state: FoldedGroup, folder: FolderId): boolean {
    const own = this.#parts.identity.device
    const known = state.dataKeys(folder)
    if (known === undefined || !mayWrite(state.role(folder, own))) return false
    const sealing = this.counted(state, folder).at(-1)
    const lost = this.#lost(known, folder).length
    if (sealing !== undefined && !known.isSpent(sealing) && lost === 0) return false
    return madeBy(state, own, [folder]) < MAX_MADE && madeBy(state, own) + lost < MAX_KEYS_MADE
  }

  /** Makes one for all that may read the folder, and gives those anew that are no longer in the log. */
  make(state: FoldedGroup, folder: FolderId): DataKeyWraps[] {
    const known = state.dataKeys(folder)
    return known === undefined ? [] : this.#bring(state, folder, this.#lost(known, folder))
  }

  /** Gives keys of another group that the log does not have to all that may read the folder. */
  bring(state: FoldedGroup, folder: FolderId, keys: readonly HeldDataKey[]): DataKeyWraps[] {
    const known = state.dataKeys(folder)
    const foreign = keys.filter((key) => known?.has(key) === false)
    return foreign.length === 0 ? [] : this.#bring(state, folder, foreign)
  }

  /** With a fresh one, for others know those. */
  #bring(state: FoldedGroup, folder: FolderId, keys: readonly HeldDataKey[]): DataKeyWraps[] {
    const known = state.dataKeys(folder)?.all() ?? []
    return this.#wraps(state, folder, gifts([...keys, this.#fresh(folder, [...known, ...keys])], state.readers(folder)))
  }

  /** Gives one device all that it lacks of those that this one has. */
  handOver(state: FoldedGroup, folder: FolderId, device: DeviceId): DataKeyWraps[] {
    const known = state.dataKeys(folder)
    const keys = this.counted(state, folder).filter((key) => known!.lacks(key, device, device))
    return this.#wraps(state, folder, gifts(keys, [device]))
  }

  /** For a folder that is founded in a group: those that it had elsewhere, and one that nobody there knows. */
  found(state: FoldedGroup, folder: FolderId, old: readonly HeldDataKey[]): DataKeyWraps[] {
    return this.#wraps(state, folder, gifts([...old, this.#fresh(folder, old)], keyHolders(state)))
  }

  #notHeld(known: FoldedDataKeys, folder: FolderId): DataKeyName[] {
    const held = new Set(this.held(folder).map(nameOf))
    return known.all().filter((name) => !held.has(nameOf(name)))
  }

  #lost(known: FoldedDataKeys, folder: FolderId): HeldDataKey[] {
    return this.held(folder).filter((key) => !known.has(key))
  }

  #fresh(folder: FolderId, before: readonly DataKeyName[]): HeldDataKey {
    const { random, clock } = this.#parts
    const hlc = tickHlc(
      before.reduce((max, one) => Math.max(max, one.hlc), 0),
      clock.now(),
    )
    const key = random.bytes(32)
    return { id: dataKeyId(key, folder, hlc), hlc, key }
  }

  #wraps(state: FoldedGroup, folder: FolderId, given: readonly Gift[], most = Infinity): DataKeyWraps[] {
    const wraps: WrappedDataKey[] = []
    const keyless = new Set<DeviceId>()
    for (const { key, device } of given) {
      if (keyless.has(device) || wraps.length >= most) continue
      const made = wrapFor(this.#parts, state, { folder, device }, (place, recipient, ephemeral) =>
        wrapDataKey(key, place, recipient, ephemeral),
      )
      if (made.length === 0) keyless.add(device)
      wraps.push(...made)
    }
    return Array.from({ length: Math.ceil(wraps.length / MAX_WRAPS) }, (_, at) => ({
      kind: 'data-key.wrap',
      folder,
      wraps: wraps.slice(at * MAX_WRAPS, (at + 1) * MAX_WRAPS),
    }))
  }
}

function gifts(keys: readonly HeldDataKey[], devices: readonly DeviceId[]): Gift[] {
  return keys.flatMap((key) => devices.map((device) => ({ key, device })))
}

/** How many keys a device has made, in these folders or in all. */
function madeBy(state: FoldedGroup, maker: DeviceId, folders = state.folders.map(({ id }) => id)): number {
  const keys = folders.flatMap((folder) => state.dataKeys(folder)?.all() ?? [])
  return keys.filter((key) => key.maker === maker).length
}
