import { Events, HoldfastError, Queue } from '#base'
import { folderIdOf, mayRead, type DeviceId, type FolderId, type Role } from '#model'
import { foldGroup, isRemoval, type FoldedGroup } from './fold-group.ts'
import { FolderSecrets, type PortableFolder } from './folder-secrets.ts'
import type { Counted, GroupFolder } from './group.ts'
import { counts, needAuthority, needFounder, removal, sharing, taking } from './group-changes.ts'
import type { GroupEvents, GroupParts, NewDevice } from './group-parts.ts'
import { checkName, joinConflict, needMember } from './group-faults.ts'
import { added as addedIn, buildLog, latestHlc, MAX_ADDED, type GroupLog } from './group-log.ts'
import { isFresh, removalsAgain, takeIn, verified, type Merged } from './intake.ts'
import { decodeOperation, type Operation } from './operation.ts'
import type { OperationBody } from './operation-body.ts'
import { signOperations } from './sign-operations.ts'
import { x25519PublicKey } from './wrap.ts'

/** Virtual nodes of a group's key space (DESIGN.md §8); fixed when it is founded. */
const RING_SIZE = 1024
/** How often a device asks for a folder's secret again: whoever gives it rubbish must not keep it writing for ever. */
const MAX_ASKS = 16

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

  /**
   * Shares a new folder with all members of the group; this device is its creator. What `prepare` does with it and its secret has to
   * succeed first: nobody hears of a folder that could not be made here.
   */
  async createFolder(
    folder: Pick<GroupFolder, 'name'> & Partial<Pick<GroupFolder, 'history' | 'consistency'>>,
    prepare: (folder: GroupFolder, secret: Uint8Array) => Promise<void> = () => Promise.resolve(),
  ): Promise<GroupFolder> {
    const { clock, random } = this.#parts
    checkName('folder', folder.name)
    const id = folderIdOf(random.bytes(16))
    const secret = random.bytes(32)
    const { name, history = 'full', consistency = 'eventual' } = folder
    const created: GroupFolder = { id, name, creator: this.device, history, consistency, created: Math.floor(clock.now()) }
    needFounder(this.state, this.device)
    await prepare(created, secret)
    await this.#author((state) => this.#secrets.creation(state, { folder: created, secret, past: [] }))
    return created
  }

  /**
   * Gives a device, or all that have no role of their own, a role in a folder. `counted`: what is known of each device that wrote in it;
   * of those that may no longer write, no more than that counts.
   */
  async shareFolder(folder: FolderId, device: DeviceId | 'all', role: Role, counted: Counted = new Map()): Promise<void> {
    await this.#author((state) => sharing(state, this.device, { folder, device, role, counted }))
    await this.wrapMissing()
  }

  /** Says how far devices count in a folder where nobody has said it, or said less than is known here, if this device can: `counts`. True when it said something. */
  async countFolder(folder: FolderId, counted: Counted): Promise<boolean> {
    return (await this.#author((state) => counts(state, this.device, folder, counted))) > 0
  }

  /** Says in which folders this device takes part, where the log has it otherwise. */
  async takeFolders(takes: (folder: FolderId) => boolean): Promise<void> {
    await this.#author((state) => taking(state, this.device, takes))
  }

  /** Lets a device in. One that is a member already stays as it is. */
  async addDevice(added: NewDevice): Promise<void> {
    checkName('device', added.name)
    await this.#author((state) => {
      needAuthority(state, this.device)
      if (this.#has(added.device)) return []
      if (addedIn(this.log.chain(this.device)) >= MAX_ADDED)
        throw new HoldfastError('full', `this device has let in ${MAX_ADDED} devices, and can let in no more`, {
          hint: 'invite from another device of the group',
        })
      return [{ kind: 'device.add', ...added }]
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

  /** Puts a device out. `counted`: for each folder that is known here, what is known of those that wrote in it. */
  async removeDevice(device: DeviceId, counted: ReadonlyMap<FolderId, Counted> = new Map()): Promise<void> {
    await this.#author((state) => removal(state, this.device, { device, last: this.log.chain(device).length, counted }))
  }

  /** Goes on as a group of one, with the folders that it takes part in, when it is no longer in its group. */
  goAlone(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#has(this.device)) return
      const taken = new Set((await this.#parts.store.folders()).map(({ id }) => id))
      const left = this.#secrets.portable(this.state).filter(({ folder }) => taken.has(folder.id))
      for (const { folder } of left) taken.delete(folder.id)
      // What was shared here while this device was away, and the remover did not know of, is undone in the group, not on this disk.
      await this.#found(taken.size === 0 ? left : [...left, ...this.#undone().filter(({ folder }) => taken.has(folder.id))])
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
      const { clock, logger } = this.#parts
      const checked = await verified(fresh, clock)
      // On a copy: what cannot be stored must not be known, or it would be passed on, and lost at the next start.
      const log = this.log.copy()
      const { merged, added, replaced, orphans } = takeIn(log, checked, { latest: latestHlc(clock.now()), logger })
      const again = orphans.length === 0 ? [] : removalsAgain(log, foldGroup(log.operations()), this.device, orphans)
      const written = signOperations(this.#parts, log, again)
      for (const operation of written) log.offer(operation)
      const changed = [...added, ...written]
      if (changed.length > 0) await this.#store(replaced ? log.operations() : changed, replaced)
      this.#log = log
      if (changed.length > 0) this.#refold()
      return merged
    })
  }

  /** The folders of the group as if nobody had ever been removed. */
  #undone(): PortableFolder[] {
    const state = foldGroup(this.log.operations().filter((operation) => !isRemoval(operation)))
    this.#secrets.refresh(state)
    return this.#secrets.portable(state)
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
      const { clock } = this.#parts
      const log = buildLog(await verified(operations.map(decodeOperation), clock), latestHlc(clock.now()))
      const state = foldGroup(log.operations())
      if (!state.devices.some(({ device }) => device === this.device)) {
        throw new HoldfastError('denied', 'the group has not let this device in')
      }
      const folders = this.#secrets.portable(this.state).filter(({ folder }) => !state.folders.some(({ id }) => id === folder.id))
      if (folders.length > 0 && state.devices.find(({ device }) => device === this.device)?.role !== 'member') {
        throw new HoldfastError('conflict', 'this device has folders, and a storage device can have none of its own', {
          hint: 'ask for an invite as a member (holdfast invite there), or take no part in the folders first: holdfast folder leave FOLDER',
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

  /** Asks for the secrets again of which only rubbish was wrapped for this device. */
  async askAgain(): Promise<void> {
    await this.#author((state) => {
      const asked = this.log.chain(this.device).flatMap(({ body }) => (body.kind === 'key.ask' ? [body.folder] : []))
      return this.#secrets
        .unopened(state)
        .filter((folder) => asked.filter((one) => one === folder).length < MAX_ASKS)
        .map((folder) => ({ kind: 'key.ask', folder }))
    })
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
    await this.#replace(buildLog(signOperations(this.#parts, null, [body])), folders)
  }

  /** Goes over to another log, with these folders in it: durable in one step, announced once. */
  async #replace(log: GroupLog, folders: readonly PortableFolder[]): Promise<void> {
    const state = foldGroup(log.operations())
    const bodies = folders.flatMap((folder) => this.#secrets.creation(state, folder))
    for (const operation of signOperations(this.#parts, log, bodies)) log.offer(operation)
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
    const written = signOperations(this.#parts, this.log, bodies)
    // Durable first: an operation that others have and this device forgot would fork its chain.
    await this.#store(written, false)
    for (const operation of written) this.log.offer(operation)
    this.#refold()
    return written.length
  }

  #refold(): void {
    const wasIn = this.#state === null || this.#has(this.device)
    const state = foldGroup(this.log.operations())
    this.#state = state
    this.#secrets.refresh(state)
    if (this.#has(this.device)) this.emit('changed', state)
    else if (wasIn) this.emit('removed', state)
  }
}
