import { seededRandom } from '#base'
import type { DeviceId, FolderId } from '#model'
import type { Identity } from '#peers'
import { foldGroup } from '../../src/peers/fold-group.ts'
import { identityOf } from '../../src/peers/identity.ts'
import { NO_OPERATION, signOperation, type Operation } from '../../src/peers/operation.ts'
import type { DataKeyName, OperationBody, WrappedDataKey } from '../../src/peers/operation-body.ts'

export const identities = [1, 2, 3, 4].map((number) => {
  const random = seededRandom(number)
  return identityOf(random.bytes(32), random.bytes(32))
})
export const [A, B, C, D] = identities as [Identity, Identity, Identity, Identity]
export const folderId = 'aaaaaaaaaaaaaaaaaaaaaaaaaa' as FolderId
export const NO_KEY = new Uint8Array(32)

/** The name of a data key; nobody has it. */
export function keyAt(hlc: number): DataKeyName {
  return { id: Uint8Array.from({ length: 16 }, () => hlc & 0xff), hlc }
}

/** Of a wrap what is for the device, and opens to nothing. */
export function unopenable({ device }: Identity): Omit<WrappedDataKey, keyof DataKeyName> {
  return { device, ephemeral: NO_KEY, sealed: new Uint8Array(48) }
}

/** Everything that a fold says, as one value. */
export function shown(operations: readonly Operation[]): unknown {
  const state = foldGroup(operations)
  const roles = state.folders.map(({ id }) =>
    identities.map(({ device }) => [
      state.role(id, device),
      state.cut(id, device),
      state.wraps(id, device),
      [state.takers(id), state.leavers(id), state.readers(id)],
    ]),
  )
  const keys = state.folders.map(({ id }) => {
    const known = state.dataKeys(id)!
    return known
      .all()
      .map((key) => [
        key,
        known.isSpent(key),
        identities.map(({ device }) => [known.wraps(key, device), known.lacks(key, device, A.device)]),
      ])
  })
  const properties = state.folders.map(({ id }) => {
    const { policy, pins, snapshots } = state.properties(id)
    return { policy, pins: [...pins], snapshots }
  })
  return {
    ...state,
    roles,
    keys,
    properties,
    pledges: identities.map(({ device }) => [state.pledge(device), state.isLeaving(device), state.wasMember(device)]),
    pledge: 0,
    isLeaving: 0,
    wasMember: 0,
    role: 0,
    cut: 0,
    x25519: 0,
    wraps: 0,
    check: 0,
    counted: 0,
    hasOwnRole: 0,
    asks: 0,
    adder: 0,
    readers: 0,
    takers: 0,
    leavers: 0,
    dataKeys: 0,
  }
}

/** Writes operations by hand: any author, any time. */
export class Scribe {
  readonly operations: Operation[] = []
  readonly #last = new Map<DeviceId, Operation>()
  #time = 1_000_000

  by(identity: Identity, body: OperationBody, hlc = ++this.#time): Operation {
    const last = this.#last.get(identity.device)
    const group = this.operations[0]?.group ?? null
    const draft = { group, author: identity.device, seq: (last?.seq ?? 0) + 1, prev: last?.hash ?? NO_OPERATION, hlc, body }
    const operation = signOperation(draft, identity.key)
    this.#last.set(identity.device, operation)
    this.operations.push(operation)
    return operation
  }

  found(): this {
    this.by(A, { kind: 'genesis', name: 'a', x25519: NO_KEY, ringSize: 1024, nonce: new Uint8Array(16) })
    return this
  }

  add(by: Identity, added: Identity, role: 'member' | 'storage' = 'member'): this {
    this.by(by, { kind: 'device.add', device: added.device, name: 'x', role, x25519: NO_KEY })
    return this
  }

  remove(by: Identity, removed: Identity, last: number): this {
    this.by(by, { kind: 'device.remove', device: removed.device, last, cuts: [[folderId, { epoch: 1, seq: 5 }]] })
    return this
  }

  create(by: Identity, folder = folderId): this {
    const made = { folder, name: 'f', history: 'full', consistency: 'eventual', created: 1 } as const
    this.by(by, { kind: 'folder.create', ...made, check: NO_KEY, past: [] })
    return this
  }

  get devices(): DeviceId[] {
    return foldGroup(this.operations).devices.map(({ device }) => device)
  }
}
