import { HoldfastError, localTime, type Clock, type Logger, type Random } from '#base'
import type { DeviceId } from '#model'
import { addressOf } from './addresses.ts'
import { foldGroup, type FoldedGroup } from './fold-group.ts'
import { FolderSecrets } from './folder-secrets.ts'
import { joinConflict } from './group-faults.ts'
import { buildLog, latestHlc, needRoom, type GroupLog } from './group-log.ts'
import type { Identity } from './identity.ts'
import { verified } from './intake.ts'
import { KitHost, type Whereabouts } from './kit-host.ts'
import type { KitVisit } from './kit-visit.ts'
import { decodeOperation, type Operation } from './operation.ts'
import type { OperationBody } from './operation-body.ts'
import type { Group } from './own-group.ts'
import { kitIdentity, SECRET_BYTES, type RecoveryCode } from './recovery-code.ts'
import type { RecoveryKit } from './recovery-file.ts'
import { signOperations } from './sign-operations.ts'
import { x25519PublicKey } from './wrap.ts'

const NAME = 'recovery-kit'

export interface RecoveryParts {
  identity: Identity
  group: Group
  clock: Clock
  random: Random
  logger: Logger
  /** Where a device of the group is, this one included: multiaddrs, best first. */
  whereabouts(device: DeviceId): readonly string[]
  learn(device: DeviceId, addresses: readonly string[]): Promise<void>
}

/** Recovery kits: keys that the group lets in and gives all that their maker may read, for the day when all members are gone. */
export class Recovery {
  readonly #parts: RecoveryParts
  readonly #lan: boolean
  #entering = false

  constructor(parts: RecoveryParts, { lan }: { lan: boolean }) {
    this.#parts = parts
    this.#lan = lan
  }

  /** A kit that nobody knows of yet. */
  draft(): RecoveryKit {
    const { group, clock, random, whereabouts } = this.#parts
    const { state } = group
    const taken = new Set([...state.devices, ...state.kits].map(({ name }) => name))
    let name = NAME
    for (let number = 2; taken.has(name); number++) name = `${NAME}-${number}`
    const devices = state.devices
      .toSorted((a, b) => Number(b.role === 'storage') - Number(a.role === 'storage'))
      .map(({ device }) => ({ device, addresses: whereabouts(device).map((address) => addressOf(address, device) ?? address) }))
    const code: RecoveryCode = { secret: random.bytes(SECRET_BYTES), group: state.id }
    return { code, name, made: Math.floor(clock.now()), devices: devices.filter(({ addresses }) => addresses.length > 0) }
  }

  /** Makes it count: it may let members in from now on, and all keys that this device has are wrapped for it. Throws `denied` or `full`. */
  async authorise({ code, name }: RecoveryKit): Promise<void> {
    const { group } = this.#parts
    const { device, x25519 } = kitIdentity(code)
    needRoom(group.log, group.device)
    await group.say({ kind: 'recovery.add', device, name, x25519: x25519PublicKey(x25519) })
    // So many at a time.
    while (await group.wrapMissing());
  }

  /**
   * Brings this device, which is alone in its group, into that of a kit, as a member that has the keys of all that the kit's maker may read. Can be
   * repeated wherever it broke off. Throws `conflict` where this device is in another group, `offline` when nobody is there, `denied` for a
   * kit that was removed.
   */
  async enter(code: RecoveryCode, places: readonly Whereabouts[]): Promise<void> {
    const { group } = this.#parts
    if (group.state.id === code.group) return
    if (!group.alone) throw joinConflict()
    if (this.#entering)
      throw new HoldfastError('blocked', 'a recovery is under way on this device', {
        reason: 'recovery-running',
        hint: 'wait until it has ended',
      })
    this.#entering = true
    const kit = kitIdentity(code)
    const host = new KitHost({ ...this.#parts, kit, own: group.device, group: code.group })
    try {
      const visits = await host.reach(places, { lan: this.#lan })
      if (visits.length === 0) throw unreached(host, this.#lan)
      await this.#enter(kit, code, visits)
    } finally {
      this.#entering = false
      await host.stop()
    }
  }

  async #enter(kit: Identity, code: RecoveryCode, visits: readonly KitVisit[]): Promise<void> {
    const { group, logger, learn } = this.#parts
    const known = new Map<KitVisit, Operation[]>()
    for (const visit of visits) {
      const operations = await this.#ask(visit, code)
      if (operations !== null) known.set(visit, operations)
    }
    const log = this.#merge([...known.values()].flat())
    this.#write(log, kit)
    const authors = [group.device, kit.device]
    const written = authors.flatMap((author) => log.chain(author))
    const taken: KitVisit[] = []
    for (const [visit, operations] of known) {
      const theirs = new Set(operations.map(({ hash }) => Buffer.from(hash).toString('hex')))
      const lacked = log.operations().filter(({ hash }) => !theirs.has(Buffer.from(hash).toString('hex')))
      try {
        await visit.give(lacked)
        const heads = log.heads().filter(({ author }) => !authors.includes(author))
        const back = (await visit.ask(heads)).map(decodeOperation)
        const has = (wanted: Operation): boolean => back.some(({ hash }) => Buffer.compare(hash, wanted.hash) === 0)
        if (written.every(has)) taken.push(visit)
      } catch (error) {
        logger.warn({ device: visit.device, error }, 'a device did not take this one in')
      }
    }
    if (taken.length === 0)
      throw new HoldfastError('offline', 'no device of the group has taken this one in', {
        reason: 'recovery-late',
        hint: 'try again: it goes on where it was',
      })
    for (const { device, addresses } of taken) await learn(device, addresses)
    await group.join(log.operations().map(({ bytes }) => bytes))
    logger.info({ group: code.group, kit: kit.device }, 'this device came into a group by a recovery kit')
  }

  /** What a device has of the log; null where it breaks off, or what it sends is forged. */
  async #ask(visit: KitVisit, { group }: RecoveryCode): Promise<Operation[] | null> {
    try {
      const operations = (await visit.ask([])).map(decodeOperation).filter((operation) => operation.group === group)
      return await verified(operations, this.#parts.clock)
    } catch (error) {
      this.#parts.logger.warn({ device: visit.device, error }, 'a device did not tell of its group')
      return null
    }
  }

  #merge(operations: readonly Operation[]): GroupLog {
    if (operations.length === 0)
      throw new HoldfastError('offline', 'no device of the group has told what it knows of it', {
        reason: 'recovery-late',
        hint: 'try again',
      })
    return buildLog(operations, latestHlc(this.#parts.clock.now()))
  }

  /** Lets this device in, in the name of the kit, and gives it all keys that the kit has, in its own; what is there already is left out. */
  #write(log: GroupLog, kit: Identity): void {
    const { identity, group, clock, random, logger } = this.#parts
    const before = foldGroup(log.operations())
    needKit(before, kit.device)
    const author = (by: Identity, bodies: readonly OperationBody[]): void => {
      for (const operation of signOperations({ identity: by, clock }, log, bodies)) log.offer(operation)
    }
    if (!before.devices.some(({ device }) => device === identity.device)) {
      needRoom(log, kit.device)
      const x25519 = x25519PublicKey(identity.x25519)
      author(kit, [{ kind: 'device.add', device: identity.device, name: group.name, role: 'member', x25519 }])
    }
    const state = foldGroup(log.operations())
    const secrets = new FolderSecrets({ identity: kit, clock, random, logger })
    secrets.refresh(state)
    author(identity, secrets.handOver(state, identity.device))
  }
}

/** Throws `denied` when the kit does not count in the group, or does no longer. */
function needKit({ kits, departures, devices }: FoldedGroup, kit: DeviceId): void {
  if (kits.some(({ device }) => device === kit)) return
  const gone = departures.find(({ device }) => device === kit)
  if (gone === undefined)
    throw new HoldfastError('denied', 'the group does not know this recovery kit: it was not made to the end', {
      reason: 'kit-unknown',
      hint: 'use another kit',
    })
  const by = [...devices, ...departures].find(({ device }) => device === gone.by)?.name ?? gone.by
  throw new HoldfastError(
    'denied',
    `this recovery kit, ${gone.name}, was removed from its group by ${by} at ${localTime(gone.time)}`,
    { reason: 'kit-removed', values: { name: gone.name, by, time: gone.time }, hint: 'use another kit' },
  )
}

function unreached({ failures }: KitHost, lan: boolean): HoldfastError {
  const tried = failures.map(({ where, why }) => `${where} (${why})`).join(', ')
  const where = [...(tried === '' ? [] : [`tried: ${tried}`]), ...(lan ? ['nobody answered on the local network'] : [])].join(
    '; ',
  )
  return new HoldfastError(
    'offline',
    `no device of the recovery kit's group could be reached${where === '' ? '' : `: ${where}`}`,
    {
      reason: 'kit-unreached',
      hint: 'start one of them, a storage device is enough, in this network, or say where it is: --address /ip4/ADDRESS/tcp/PORT (holdfast status shows it there)',
    },
  )
}
