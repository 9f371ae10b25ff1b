import { Events, HoldfastError, Queue } from '#base'
import { folderIdOf, mayRead, tickHlc, type DeviceId, type FolderId, type Role } from '#model'
import { foldGroup, type FoldedGroup } from './fold-group.ts'
import { FolderSecrets, type PortableFolder } from './folder-secrets.ts'
import type { Cut, GroupFolder } from './group.ts'
import type { GroupEvents, GroupParts, NewDevice } from './group-parts.ts'
import { checkName, joinConflict, needMember } from './group-faults.ts'
import { buildLog, type GroupLog } from './group-log.ts'
import { isFresh, takeIn, verified, type Merged } from './intake.ts'
import { decodeOperation, NO_OPERATION, signOperation, type Operation } from './operation.ts'
import type { OperationBody } from './operation-body.ts'
import { x25519PublicKey } from './wrap.ts'

/** Virtual nodes of a group's key space (DESIGN.md §8); fixed when it is founded. */
const RING_SIZE = 1024

/** The group this device is in: its log, what the log says, and the changes made here. Starts as a group of one. */
export class Group extends Events<GroupEvents> {
  readonly #parts: GroupParts
  readonly #queue = new Queue()
  readonly #secrets: FolderSecrets
  #name: string
  #log: GroupLog | null = null
  #state: FoldedGroup | null = null

  /** `name`: what this device is called in a group that it founds. */
  constructor(parts: GroupParts, options: { name: string }) {
    super()
    this.#parts = parts
    this.#secrets = new FolderSecrets(parts)
    this.#name = options.name
  }

  get device(): DeviceId {
    return this.#parts.identity.device
  }

  /** Throws before `load`. */
  get state(): FoldedGroup {
    if (this.#state === null) throw new HoldfastError('internal', 'the group is not loaded')
    return this.#state
  }

  get log(): GroupLog {
    if (this.#log === null) throw new HoldfastError('internal', 'the group is not loaded')
    return this.#log
  }

  /** No other device is in it. */
  get alone(): boolean {
    return this.state.devices.length <= 1
  }

  /** What this device is called. */
  get name(): string {
    return this.state.devices.find(({ device }) => device === this.device)?.name ?? this.#name
  }

  /** Reads the log; founds a group of one where there is none. A second call does nothing. */
  load(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#log !== null) return
      const stored = await this.#parts.store.groupLog()
      if (stored.length === 0) await this.#found([])
      else {
        this.#log = buildLog(stored.map(decodeOperation))
        this.#refold()
      }
    })
  }

  /** A folder's 32-byte secret, or null where this device has no reading role, or nobody has given it the secret yet. */
  secret(folder: FolderId): Uint8Array | null {
    return mayRead(this.state.role(folder, this.device)) ? (this.#secrets.get(folder) ?? null) : null
  }

  /** Shares a new folder with all members of the group; this device is its creator. */
  async createFolder(
    folder: Pick<GroupFolder, 'name'> & Partial<Pick<GroupFolder, 'history' | 'consistency'>>,
  ): Promise<GroupFolder> {
    const { clock, random } = this.#parts
    checkName('folder', folder.name)
    const id = folderIdOf(random.bytes(16))
    const secret = random.bytes(32)
    const created: GroupFolder = {
      id,
      name: folder.name,
      creator: this.device,
      history: folder.history ?? 'full',
      consistency: folder.consistency ?? 'eventual',
      created: Math.floor(clock.now()),
    }
    await this.#author((state) => this.#secrets.creation(state, { folder: created, secret, past: [] }))
    return created
  }

  /** Gives a device, or all that have no role of their own, a role in a folder. `cut`: its last record that counts, when it may no longer write. */
  async shareFolder(folder: FolderId, device: DeviceId | 'all', role: Role, cut: Cut | null = null): Promise<void> {
    await this.#author((state) => {
      const known = state.folders.find(({ id }) => id === folder)
      if (known === undefined) throw new HoldfastError('not-found', `the group has no folder ${folder}`)
      if (known.creator !== this.device && state.role(folder, this.device) !== 'sync') {
        throw new HoldfastError('denied', `only its creator or a device with the role sync may share ${known.name}`)
      }
      if (device !== 'all') needMember(state, device)
      return [{ kind: 'folder.share', folder, device: device === 'all' ? null : device, role, cut }]
    })
    await this.wrapMissing()
  }

  /** Lets a device in. One that is a member already stays as it is. */
  async addDevice(added: NewDevice): Promise<void> {
    checkName('device', added.name)
    await this.#author((state) => {
      this.#needAuthority(state)
      return this.#has(added.device) ? [] : [{ kind: 'device.add', ...added }]
    })
    await this.wrapMissing()
  }

  async renameDevice(device: DeviceId, name: string): Promise<void> {
    checkName('device', name)
    await this.#author((state) => {
      needMember(state, device)
      return [{ kind: 'device.rename', device, name }]
    })
  }

  /** Puts a device out. `cuts`: for each folder its last record that counts, as far as known here. */
  async removeDevice(device: DeviceId, cuts: ReadonlyMap<FolderId, Cut> = new Map()): Promise<void> {
    await this.#author((state) => {
      needMember(state, device)
      if (device !== this.device) this.#needAuthority(state)
      // A device that leaves counts up to its own farewell.
      const last = this.log.chain(device).length + (device === this.device ? 1 : 0)
      return [{ kind: 'device.remove', device, last, cuts: [...cuts] }]
    })
  }

  /** Goes on as a group of one, with the folders whose secrets it has, when it is no longer in its group. */
  goAlone(): Promise<void> {
    return this.#queue.run(async () => {
      if (!this.#has(this.device)) await this.#found(this.#secrets.portable(this.state))
    })
  }

  /** Resolves when all that was begun before has been done. */
  settled(): Promise<void> {
    return this.#queue.run(() => Promise.resolve())
  }

  /**
   * Takes operations of other devices. Throws `corrupt` when one is forged or malformed: whoever sent it is not to be trusted. What
   * cannot be placed yet is dropped, and will be offered again.
   */
  merge(operations: readonly Uint8Array[]): Promise<Merged> {
    return this.#queue.run(async () => {
      const isMember = (device: DeviceId): boolean => this.#has(device)
      const fresh = operations.map(decodeOperation).filter((operation) => isFresh(this.log, isMember, operation))
      const { merged, added, replaced } = takeIn(this.log, await verified(fresh, this.#parts.clock), this.#parts.logger)
      if (added.length === 0) return merged
      await this.#store(replaced ? this.log.operations() : added, replaced)
      this.#refold()
      return merged
    })
  }

  #has(wanted: DeviceId): boolean {
    return this.state.devices.some(({ device }) => device === wanted)
  }

  #store(operations: readonly Operation[], replace: boolean): Promise<void> {
    return this.#parts.store.appendGroupLog(
      operations.map(({ bytes }) => bytes),
      { replace },
    )
  }

  /**
   * Moves into another group, of which `operations` are the log: this device must be in it, alone in its own, and takes its folders
   * along (it authors them anew there, with the same ids and secrets). Throws `conflict` when it is not alone.
   */
  join(operations: readonly Uint8Array[]): Promise<void> {
    return this.#queue.run(async () => {
      if (!this.alone) throw joinConflict()
      const log = buildLog(await verified(operations.map(decodeOperation), this.#parts.clock))
      const state = foldGroup(log.operations())
      if (!state.devices.some(({ device }) => device === this.device)) {
        throw new HoldfastError('denied', 'the group has not let this device in')
      }
      const folders = this.#secrets.portable(this.state).filter(({ folder }) => !state.folders.some(({ id }) => id === folder.id))
      if (folders.length > 0 && state.devices.find(({ device }) => device === this.device)?.role !== 'member') {
        throw new HoldfastError('conflict', 'this device has folders, and a storage device can have none of its own', {
          hint: 'ask for an invite as a member, or leave the folders first',
        })
      }
      await this.#replace(log, folders)
    })
  }

  /** Wraps secrets that this device has for members that may read a folder and lack its secret. True when it authored some. */
  async wrapMissing(only: (device: DeviceId) => boolean = () => true): Promise<boolean> {
    const written = await this.#author((state) => this.#secrets.wraps(state).filter((wrap) => only(wrap.device)))
    return written > 0
  }

  /** Does a member lack a secret that this device could give it? */
  get lacking(): DeviceId[] {
    return this.#secrets.lacking(this.state).map(({ device }) => device)
  }

  async #found(folders: readonly PortableFolder[]): Promise<void> {
    const { identity, random } = this.#parts
    const name = this.#state === null ? this.#name : this.name
    checkName('device', name)
    const body: OperationBody = {
      kind: 'genesis',
      name,
      x25519: x25519PublicKey(identity.x25519),
      ringSize: RING_SIZE,
      nonce: random.bytes(16),
    }
    await this.#replace(buildLog([this.#sign(null, body)]), folders)
  }

  /** Goes over to another log, with these folders in it: durable in one step, announced once. */
  async #replace(log: GroupLog, folders: readonly PortableFolder[]): Promise<void> {
    const state = foldGroup(log.operations())
    for (const operation of this.#signAll(
      log,
      folders.flatMap((folder) => this.#secrets.creation(state, folder)),
    )) {
      log.offer(operation)
    }
    await this.#store(log.operations(), true)
    this.#secrets.clear()
    this.#log = log
    this.#refold()
  }

  /** Authors what `decide` asks for, in one step: durable, then announced. Returns how many operations that were. */
  #author(decide: (state: FoldedGroup) => OperationBody[]): Promise<number> {
    return this.#queue.run(() => this.#write(decide(this.state)))
  }

  async #write(bodies: readonly OperationBody[]): Promise<number> {
    if (bodies.length === 0) return 0
    const written = this.#signAll(this.log, bodies)
    // Durable first: an operation that others have and this device forgot would fork its chain.
    await this.#store(written, false)
    for (const operation of written) this.log.offer(operation)
    this.#refold()
    return written.length
  }

  #signAll(log: GroupLog, bodies: readonly OperationBody[]): Operation[] {
    const signed: Operation[] = []
    for (const body of bodies) signed.push(this.#sign(log, body, signed.at(-1)))
    return signed
  }

  /** `before`: an operation of this device that is not in the log yet. */
  #sign(log: GroupLog | null, body: OperationBody, before?: Operation): Operation {
    const { identity, clock } = this.#parts
    const last = before ?? log?.chain(identity.device).at(-1)
    // After all that is known, however wrong another device's clock is: an operation never comes before what allowed it.
    const known = log?.operations().reduce((max, { hlc }) => Math.max(max, hlc), before?.hlc ?? 0) ?? 0
    const place = {
      author: identity.device,
      seq: (last?.seq ?? 0) + 1,
      prev: last?.hash ?? NO_OPERATION,
      hlc: tickHlc(known, clock.now()),
    }
    return signOperation({ group: log?.group ?? null, ...place, body }, identity.key)
  }

  #refold(): void {
    const state = foldGroup(this.log.operations())
    this.#state = state
    this.#secrets.refresh(state)
    if (state.devices.some(({ device }) => device === this.device)) this.emit('changed', state)
    else this.emit('removed', state)
  }

  #needAuthority(state: FoldedGroup): void {
    if (state.devices.find(({ device }) => device === this.device)?.role !== 'member') {
      throw new HoldfastError('denied', 'a storage device cannot add or remove devices', {
        hint: 'do it on a member of the group',
      })
    }
  }
}
