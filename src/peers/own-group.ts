import { Events, HoldfastError, Queue } from '#base'
import type { DataKey } from '#content'
import { folderIdOf, mayRead, type DeviceId, type FolderId, type Role } from '#model'
import { foldGroup, type FoldedGroup } from './fold-group.ts'
import { FolderSecrets, type PortableFolder } from './folder-secrets.ts'
import type { Counted, GroupFolder } from './group.ts'
import { counts, founding, needAuthority, needFounder, removal, sharing, taking } from './group-changes.ts'
import type { GroupEvents, GroupParts, NewDevice } from './group-parts.ts'
import { checkArrival, checkName, joinConflict, needMember } from './group-faults.ts'
import { buildLog, latestHlc, needRoom, type GroupLog } from './group-log.ts'
import { isFresh, removalsAgain, takeIn, verified, type Merged } from './intake.ts'
import { decodeOperation, type Operation } from './operation.ts'
import type { KitBody, OperationBody, PropertyBody, SettingBody } from './operation-body.ts'
import { saying } from './property-changes.ts'
import { signOperations } from './sign-operations.ts'

/** The group this device is in: its log, what the log says, and the changes made here. Starts as a group of one. */
export class Group extends Events<GroupEvents> {
  readonly #parts: GroupParts
  readonly #queue = new Queue()
  readonly #secrets: FolderSecrets
  #name: string
  #log: GroupLog | null = null
  #state: FoldedGroup | null = null

  /** `name`: what this device is called in a group that it founds, unless it was called something else in the last. */
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
   * The data keys of a folder that this device was given, the oldest first; none without a reading role. The last one seals, on all devices
   * alike. `changed` tells of new ones. After a removal there is one within seconds of a writer's hearing of it.
   */
  dataKeys(folder: FolderId): DataKey[] {
    return mayRead(this.state.role(folder, this.device)) ? this.#secrets.dataKeys(this.state, folder) : []
  }

  /** The key to seal new blocks with; undefined as long as there is none. */
  sealingKey(folder: FolderId): DataKey | undefined {
    return this.dataKeys(folder).at(-1)
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
    const told = { creator: this.device, history, consistency, created: Math.floor(clock.now()) }
    const created: GroupFolder = { id, name, isNamed: true, ...told }
    needFounder(this.state, this.device)
    await prepare(created, secret)
    await this.#author((state) =>
      this.#secrets.creation(state, { folder: created, secret, dataKeys: [], past: [], properties: null }),
    )
    return created
  }

  /**
   * Gives a device, or all that have no role of their own, a role in a folder. `counted`: what is known of each device that wrote in it;
   * of those that may no longer write, no more than that counts.
   */
  async shareFolder(folder: FolderId, device: DeviceId | 'all', role: Role, counted: Counted = new Map()): Promise<void> {
    await this.#author((state) => sharing(state, this.device, { folder, device, role, counted }))
    await this.wrapMissing()
    await this.makeDataKeys()
  }

  /** Says how far devices count in a folder where nobody has said it, or said less than is known here, if this device can: `counts`. True when it said something. */
  async countFolder(folder: FolderId, counted: Counted): Promise<boolean> {
    return (await this.#author((state) => counts(state, this.device, folder, counted))) > 0
  }

  /** Says what is kept of a folder's past, what this device pledges, a setting of the group, or that a recovery kit counts. Throws `denied`, `exists`, `full` or `usage`. */
  async say(body: PropertyBody | SettingBody | KitBody): Promise<void> {
    await this.#author((state) => this.#secrets.sealed(saying(state, this.device, this.log.chain(this.device).length, body)))
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
      needRoom(this.log, this.device)
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
    await this.makeDataKeys()
  }

  /** Goes on as a group of one, with the folders that it takes part in, when it is no longer in its group. */
  goAlone(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#has(this.device)) return
      const taken = new Set((await this.#parts.store.folders()).map(({ id }) => id))
      // What was shared here while this device was away, and the remover did not know of, is undone in the group, not on this disk.
      const undone = this.#secrets.undone(this.log)
      const left = this.#secrets.portable(this.state).filter(({ folder }) => taken.has(folder.id))
      for (const { folder } of left) taken.delete(folder.id)
      await this.#found([...left, ...undone.filter(({ folder }) => taken.has(folder.id))])
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

  /** A recovery kit counts as in the group. */
  #has(wanted: DeviceId): boolean {
    return [...this.state.devices, ...this.state.kits].some(({ device }) => device === wanted)
  }

  #store(operations: readonly Operation[], replace: boolean): Promise<void> {
    return this.#parts.store.appendGroupLog(
      operations.map(({ bytes }) => bytes),
      { replace },
    )
  }

  /**
   * Moves into another group, of which `operations` are the log: this device must be in it, alone in its own, and takes its folders
   * along (it authors them anew there, with the same ids, secrets and data keys). Throws `conflict` when it is not alone.
   */
  join(operations: readonly Uint8Array[]): Promise<void> {
    return this.#queue.run(async () => {
      if (!this.alone) throw joinConflict()
      const { clock } = this.#parts
      const log = buildLog(await verified(operations.map(decodeOperation), clock), latestHlc(clock.now()))
      const state = foldGroup(log.operations())
      const folders = this.#secrets.portable(this.state)
      checkArrival(state, this.device, folders)
      await this.#replace(log, folders)
    })
  }

  /** Wraps secrets and data keys that this device has for members that may read a folder and lack them. True when it authored some. */
  async wrapMissing(): Promise<boolean> {
    return (await this.#author((state) => this.#secrets.wraps(state))) > 0
  }

  /** Asks for the secrets and data keys again of which only rubbish was wrapped for this device. */
  async askAgain(): Promise<void> {
    await this.#author((state) => this.#secrets.asks(state, this.log.chain(this.device)))
  }

  /** Makes the data keys that are due. */
  async makeDataKeys(): Promise<void> {
    await this.#author((state) => this.#secrets.freshKeys(state))
  }

  /** Members that lack a secret or a data key that this device could give them. */
  get lacking(): DeviceId[] {
    return this.#secrets.lacking(this.state)
  }

  /** Folders that need a new data key, which this device could make. */
  get due(): FolderId[] {
    return this.#secrets.due(this.state)
  }

  async #found(folders: readonly PortableFolder[]): Promise<void> {
    checkName('device', this.#name)
    const body = founding(this.#parts, this.#name)
    await this.#replace(buildLog(signOperations(this.#parts, null, [body])), folders)
  }

  /** Goes over to another log, with these folders in it: durable in one step, announced once. */
  async #replace(log: GroupLog, folders: readonly PortableFolder[]): Promise<void> {
    const state = foldGroup(log.operations())
    const bodies = folders.flatMap((folder) => this.#secrets.arrival(state, folder))
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
    const state = foldGroup(this.log.operations(), this.#secrets.name)
    this.#state = state
    this.#name = this.name
    this.#secrets.refresh(state)
    if (this.#has(this.device)) this.emit('changed', state)
    else if (wasIn) this.emit('removed', state)
  }
}
