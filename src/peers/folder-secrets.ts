import { messageOf, type Logger, type Random } from '#base'
import { mayRead, sameBytes, type DeviceId, type FolderId, type GroupId } from '#model'
import type { FoldedGroup } from './fold-group.ts'
import type { Cut, GroupFolder } from './group.ts'
import { counting } from './group-changes.ts'
import type { Identity } from './identity.ts'
import type { KeyWrap, OperationBody } from './operation-body.ts'
import { secretCheck, unwrapSecret, wrapSecret } from './wrap.ts'

export interface FolderSecretsParts {
  identity: Identity
  random: Random
  logger: Logger
}

/**
 * A folder as it can be founded anew in another group. `past`: how far devices count that were cut off in it. Those that could still write
 * are not there: how far they count is said when the folder's index has been asked (`counts`).
 */
export interface PortableFolder {
  folder: GroupFolder
  secret: Uint8Array
  past: readonly (readonly [DeviceId, Cut])[]
}

/** The secrets of the folders that this device may read, unwrapped, and their wrapping for others. */
export class FolderSecrets {
  readonly #parts: FolderSecretsParts
  readonly #secrets = new Map<FolderId, Uint8Array>()
  /** Wraps that were tried and do not open. */
  readonly #rubbish = new WeakSet<KeyWrap>()

  constructor(parts: FolderSecretsParts) {
    this.#parts = parts
  }

  get(folder: FolderId): Uint8Array | undefined {
    return this.#secrets.get(folder)
  }

  clear(): void {
    this.#secrets.clear()
  }

  /** Unwraps what the log has for this device and is not unwrapped yet. */
  refresh(state: FoldedGroup): void {
    const { identity, logger } = this.#parts
    for (const { id } of state.folders) {
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

  /** Folders that this device may read, and of whose secret it was given wraps of which none opens. */
  unopened(state: FoldedGroup): FolderId[] {
    const own = this.#parts.identity.device
    return state.folders
      .map(({ id }) => id)
      .filter((id) => !this.#secrets.has(id) && mayRead(state.role(id, own)) && state.wraps(id, own).length > 0)
  }

  /** Which members may read a folder, lack its secret, and could have it from this device. */
  lacking(state: FoldedGroup): { folder: FolderId; device: DeviceId }[] {
    const own = this.#parts.identity.device
    return state.folders.flatMap(({ id: folder, creator }) => {
      if (!this.#secrets.has(folder) || (creator !== own && !mayRead(state.role(folder, own)))) return []
      return (
        state.devices
          .filter(({ device }) => mayRead(state.role(folder, device)))
          // Of those that ask again each device that can gives it: one of them may be the one that gives rubbish.
          .filter(({ device }) => state.wraps(folder, device).length === 0 || state.asks(folder, device, own))
          .map(({ device }) => ({ folder, device }))
      )
    })
  }

  /** What gives those members the secrets they lack. */
  wraps(state: FoldedGroup): KeyWrap[] {
    return this.lacking(state).flatMap(({ folder, device }) => this.#wrap(state, folder, device, this.#secrets.get(folder)))
  }

  /** What founds a folder in a group, with its secret for every member. */
  creation(state: FoldedGroup, { folder, secret, past }: PortableFolder): OperationBody[] {
    const { id, name, history, consistency, created } = folder
    const members = state.devices.filter(({ role }) => role === 'member')
    return [
      {
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
      },
      ...counting(id, new Map(past.map(([device, { places }]) => [device, places]))),
      ...members.flatMap(({ device }) => this.#wrap(state, id, device, secret)),
    ]
  }

  #wrap(
    state: { id: GroupId } & Pick<FoldedGroup, 'x25519'>,
    folder: FolderId,
    device: DeviceId,
    secret: Uint8Array | undefined,
  ): KeyWrap[] {
    const key = state.x25519(device)
    if (key === undefined || secret === undefined) return []
    try {
      return [wrapSecret(secret, { group: state.id, folder, device }, key, this.#parts.random.bytes(32))]
    } catch (error) {
      // Not every 32 bytes are a key (RFC 7748, small order). Whoever announced such gets nothing; the others must not suffer for it.
      this.#parts.logger.warn(
        { device, folder, reason: messageOf(error) },
        'a device announced a key to which nothing can be wrapped',
      )
      return []
    }
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
      return [{ folder, secret, past }]
    })
  }
}
