import { HoldfastError } from '#base'
import type { DataKey } from '#content'
import { mayRead, mayWrite, sameBytes, type DeviceId, type FolderId } from '#model'
import { DataKeys, type HeldDataKey, type KeyParts } from './data-keys.ts'
import { foldGroup, isRemoval, type FoldedGroup } from './fold-group.ts'
import type { Cut, GroupFolder } from './group.ts'
import { counting } from './group-changes.ts'
import { MAX_KEY_ASKS } from './fold-data-keys.ts'
import type { FoldedProperties } from './fold-properties.ts'
import type { GroupLog } from './group-log.ts'
import type { Operation } from './operation.ts'
import type { FolderCreation, KeyWrap, OperationBody, PropertyBody } from './operation-body.ts'
import { openName, sealName, type OpenName } from './sealed-names.ts'
import { secretCheck, unwrapSecret, wrapSecret } from './wrap.ts'
import { keyHolders, wrapFor } from './wrap-for.ts'

/** How often a device asks for a folder's secret again: whoever gives it rubbish must not keep it writing for ever. */
const MAX_ASKS = 16

/**
 * A folder as it can be founded anew in another group. `past`: how far devices count that were cut off in it. Those that could still write
 * are not there: how far they count is said when the folder's index has been asked (`counts`).
 */
export interface PortableFolder {
  folder: GroupFolder
  secret: Uint8Array
  /** What its blocks may be sealed with. */
  dataKeys: readonly HeldDataKey[]
  past: readonly (readonly [DeviceId, Cut])[]
  /** Its policy, pins and snapshots. */
  properties: FoldedProperties | null
}

/** The secrets and data keys of the folders that this device may read, unwrapped, and their wrapping for others. */
export class FolderSecrets {
  readonly #parts: KeyParts
  readonly #dataKeys: DataKeys
  readonly #secrets = new Map<FolderId, Uint8Array>()
  /** Wraps that were tried and do not open. */
  readonly #rubbish = new WeakSet<KeyWrap>()
  /** Sealed names of the log that were opened; null: they are none. */
  readonly #names = new WeakMap<Uint8Array, string | null>()

  constructor(parts: KeyParts) {
    this.#parts = parts
    this.#dataKeys = new DataKeys(parts)
  }

  get(folder: FolderId): Uint8Array | undefined {
    return this.#secrets.get(folder)
  }

  /** Opens a name, once its folder's secret is here. */
  readonly name: OpenName = (folder, kind, sealed) => {
    const known = this.#names.get(sealed)
    const secret = this.#secrets.get(folder)
    if (known !== undefined || secret === undefined) return known ?? null
    const name = openName(secret, folder, kind, sealed)
    this.#names.set(sealed, name)
    return name
  }

  /** The same, with what it names sealed. Throws `offline` where the secret for that is not here yet. */
  sealed(bodies: readonly OperationBody[]): OperationBody[] {
    return bodies.map((body) => {
      if (body.kind !== 'snapshot.create') return body
      const secret = this.#secrets.get(body.folder)
      if (secret !== undefined) return sealName(body, secret, this.#parts.random)
      throw new HoldfastError(
        'offline',
        'no device has given this one the key of the folder yet, which seals the name of a snapshot',
        { reason: 'no-key', values: { folder: '' }, hint: 'start one that has the folder, and try again' },
      )
    })
  }

  /** In their order: the last one is to seal. */
  dataKeys(state: FoldedGroup, folder: FolderId): DataKey[] {
    return this.#dataKeys.counted(state, folder).map(({ id, key }) => ({ id, key }))
  }

  clear(): void {
    this.#secrets.clear()
    this.#dataKeys.clear()
  }

  /** Unwraps what the log has for this device and is not unwrapped yet. */
  refresh(state: FoldedGroup): void {
    const { identity, logger } = this.#parts
    for (const { id } of state.folders) {
      this.#dataKeys.refresh(state, id)
      if (this.#secrets.has(id)) continue
      const check = state.check(id)
      for (const wrap of state.wraps(id, identity.device)) {
        if (this.#rubbish.has(wrap)) continue
        const secret = unwrapSecret(wrap, state.id, identity.x25519)
        if (secret !== undefined && check !== undefined && sameBytes(secretCheck(secret), check)) {
          this.#secrets.set(id, secret)
          break
        }
        this.#rubbish.add(wrap)
        logger.warn({ folder: id }, 'a secret wrapped for this device is not that of the folder')
      }
    }
  }

  /** What asks for the secrets and data keys again of which this device was given wraps, and none opens. `chain`: what it has authored. */
  asks(state: FoldedGroup, chain: readonly Operation[]): OperationBody[] {
    const own = this.#parts.identity.device
    const asked = (kind: OperationBody['kind'], folder: FolderId): number =>
      chain.filter(({ body }) => body.kind === kind && 'folder' in body && body.folder === folder).length
    return state.folders.flatMap(({ id: folder }): OperationBody[] => {
      const hasRubbish = !this.#secrets.has(folder) && mayRead(state.role(folder, own)) && state.wraps(folder, own).length > 0
      const keys = this.#dataKeys.unopened(state, folder)
      return [
        ...(hasRubbish && asked('key.ask', folder) < MAX_ASKS ? [{ kind: 'key.ask', folder } as const] : []),
        ...(keys.length > 0 && asked('data-key.ask', folder) < MAX_KEY_ASKS
          ? [{ kind: 'data-key.ask', folder, keys } as const]
          : []),
      ]
    })
  }

  /** Which members may read a folder, lack its secret or a data key, and could have it from this device. */
  lacking(state: FoldedGroup): DeviceId[] {
    return this.#given(state).flatMap((folder) => [
      ...this.#lackSecret(state, folder),
      ...this.#dataKeys.lacking(state, folder).map(({ device }) => device),
    ])
  }

  /** What gives those members what they lack. */
  wraps(state: FoldedGroup): OperationBody[] {
    return this.#given(state).flatMap((folder) => [
      ...this.#lackSecret(state, folder).flatMap((device) => this.#wrap(state, folder, device, this.#secrets.get(folder)!)),
      ...this.#dataKeys.give(state, folder),
    ])
  }

  /** Folders of which a data key is to be made, and this device can. */
  due(state: FoldedGroup): FolderId[] {
    return state.folders.map(({ id }) => id).filter((folder) => this.#dataKeys.isDue(state, folder))
  }

  /** What makes those keys. */
  freshKeys(state: FoldedGroup): OperationBody[] {
    return this.due(state).flatMap((folder) => this.#dataKeys.make(state, folder))
  }

  /** Folders whose keys this device may pass on. */
  #given(state: FoldedGroup): FolderId[] {
    const own = this.#parts.identity.device
    return state.folders.filter(({ id, creator }) => creator === own || mayRead(state.role(id, own))).map(({ id }) => id)
  }

  #lackSecret(state: FoldedGroup, folder: FolderId): DeviceId[] {
    if (!this.#secrets.has(folder)) return []
    // Of those that ask again each device that can gives it: one of them may be the one that gives rubbish.
    return state
      .readers(folder)
      .filter((device) => state.wraps(folder, device).length === 0 || state.asks(folder, device, this.#parts.identity.device))
  }

  /** What brings a folder into a group: founds it there or, where it is there already, gives its data keys, pins and snapshots that are not. */
  arrival(state: FoldedGroup, portable: PortableFolder): OperationBody[] {
    const { id } = portable.folder
    if (!state.folders.some((known) => known.id === id)) return this.creation(state, portable)
    const role = state.role(id, this.#parts.identity.device)
    if (!mayWrite(role)) return []
    const properties = role === 'sync' ? this.#properties(portable, state.properties(id)) : []
    return [...this.#dataKeys.bring(state, id, portable.dataKeys), ...properties]
  }

  /** What founds a folder in a group, with its secret for every member. */
  creation(state: FoldedGroup, portable: PortableFolder): OperationBody[] {
    const { folder, secret, dataKeys, past } = portable
    const { id, name, history, consistency, created } = folder
    const body: FolderCreation = {
      kind: 'folder.create',
      folder: id,
      name,
      history,
      consistency,
      created,
      check: secretCheck(secret),
      past: past.flatMap(([device, { before, places }]) => {
        const seq = places.find(({ epoch }) => epoch === before)?.seq ?? 0
        return before === 0 ? [] : [[device, { epoch: before, seq }] as const]
      }),
    }
    return [
      sealName(body, secret, this.#parts.random),
      ...counting(id, new Map(past.map(([device, { places }]) => [device, places]))),
      ...keyHolders(state).flatMap((device) => this.#wrap(state, id, device, secret)),
      ...this.#dataKeys.found(state, id, dataKeys),
      ...this.#properties(portable, undefined),
    ]
  }

  #properties({ folder, secret, properties }: PortableFolder, known: FoldedProperties | undefined): PropertyBody[] {
    const bodies = properties?.bodies(folder.id, known) ?? []
    return bodies.map((body) => (body.kind === 'snapshot.create' ? sealName(body, secret, this.#parts.random) : body))
  }

  /** What gives a device all that this one has, its own wraps were not given yet, and it may read. */
  handOver(state: FoldedGroup, device: DeviceId): OperationBody[] {
    return state.folders.flatMap(({ id }): OperationBody[] => {
      const secret = this.#secrets.get(id)
      if (secret === undefined || !mayRead(state.role(id, device))) return []
      const isGiven = state.wraps(id, device).length > 0
      return [...(isGiven ? [] : this.#wrap(state, id, device, secret)), ...this.#dataKeys.handOver(state, id, device)]
    })
  }

  #wrap(state: FoldedGroup, folder: FolderId, device: DeviceId, secret: Uint8Array): KeyWrap[] {
    return wrapFor(this.#parts, state, { folder, device }, (place, recipient, ephemeral) =>
      wrapSecret(secret, place, recipient, ephemeral),
    )
  }

  /** The folders that this device could found anew in another group. */
  portable(state: FoldedGroup): PortableFolder[] {
    const own = this.#parts.identity.device
    return state.folders.flatMap((folder) => {
      const secret = this.#secrets.get(folder.id)
      if (secret === undefined) return []
      const past = state.counted(folder.id).flatMap((device) => {
        const cut = state.cut(folder.id, device)
        return cut === null || device === own ? [] : [[device, cut] as const]
      })
      return [{ folder, secret, dataKeys: this.#dataKeys.held(folder.id), past, properties: state.properties(folder.id) }]
    })
  }

  /** The same as if nobody had ever been removed. */
  undone(log: GroupLog): PortableFolder[] {
    const state = foldGroup(
      log.operations().filter((operation) => !isRemoval(operation)),
      this.name,
    )
    this.refresh(state)
    return this.portable(state)
  }
}
