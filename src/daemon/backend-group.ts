import type { Backend } from '#api'
import type { Device, NearbyDevice, Pairing, PairingEnd } from '#api/contract'
import { HoldfastError, messageOf, toldOf } from '#base'
import type { ActivityEvent } from '#db'
import type { DeviceId } from '#model'
import { needAuthority, type PairingEnd as PairingEnded, type PairingSession } from '#peers'
import { isoTime, type BackendContext } from './backend-context.ts'
import { countedInAll } from './counted.ts'
import { findDevice, isCalled } from './find-device.ts'
import { handOver } from './hand-over.ts'
import { onlyCopies } from './only-copies.ts'
import { beforeRemoval, changesWithout } from './removal-preview.ts'
import { needLearned } from './still-learning.ts'
import type { Rebalancer } from './rebalancer.ts'

type GroupOperations = Pick<
  Backend,
  | 'devices'
  | 'removeDevice'
  | 'createInvite'
  | 'joinGroup'
  | 'leaveGroup'
  | 'nearby'
  | 'openPairing'
  | 'pairings'
  | 'pair'
  | 'acceptPairing'
  | 'refusePairing'
  | 'pairingOutcome'
>

export function groupOperations(context: BackendContext, rebalancer: Rebalancer): GroupOperations {
  const { network, pairing, clock, activity, registry, membership } = context
  const { group } = network
  const sessions = new SessionBook(context)
  const joined = (device: DeviceId): { group: string; device: string } => ({ group: group.state.id, device })
  const note = (event: ActivityEvent, device: DeviceId | null, detail = ''): void =>
    activity.add([{ time: clock.now(), event, folder: null, path: null, device, detail }])
  return {
    devices: async () => deviceList(context),
    async removeDevice({ device: reference, now, dryRun }, signal) {
      const device = findDevice(reference, [...group.state.devices, ...group.state.kits])
      if (device === group.device)
        throw new HoldfastError('usage', 'this is the device you are at', {
          reason: 'own-device',
          hint: 'holdfast leave takes it out of the group',
        })
      const isDevice = group.state.devices.some((each) => each.device === device)
      if (isDevice && !now) await needLearned(context, device, signal)
      if (dryRun) needAuthority(group.state, group.device)
      const notes = isDevice ? await onlyCopies(context, device) : []
      const folders = isDevice ? changesWithout(context, device) : []
      if (dryRun) return { device, removed: false, notes: beforeRemoval(context, device, notes), folders }
      const counted = await countedInAll(registry.folders)
      // Whoever does not wait any more may have thought better of it.
      signal.throwIfAborted()
      await group.removeDevice(device, counted)
      return { device, removed: true, notes, folders }
    },
    async createInvite({ role, expiresSeconds }) {
      const { code, expires } = await pairing.createInvite({ role, expiresMs: expiresSeconds * 1000 })
      return { code, expires: isoTime(expires) }
    },
    async joinGroup({ code }) {
      await pairing.join(code)
      const met = group.state.adder(group.device) ?? group.device
      note('joined', met)
      return joined(met)
    },
    async leaveGroup({ now }, signal) {
      if (membership.putOut !== null) {
        membership.acceptRemoval()
        context.announce({ event: 'resync', data: {} })
        return { left: true, notes: [] }
      }
      if (group.alone)
        throw new HoldfastError('usage', 'this device is in no group with others', {
          reason: 'alone-in-group',
          hint: 'holdfast join CODE takes it into one',
        })
      const notes = now ? await onlyCopies(context, group.device) : await handOver(context, rebalancer, signal)
      await group.removeDevice(group.device, await countedInAll(registry.folders))
      // The group of one that it goes on as is founded behind this.
      await group.settled()
      note('left', null)
      return { left: true, notes }
    },
    nearby: async () => (await pairing.nearby()).map(nearbyDevice),
    async openPairing({ seconds }) {
      await pairing.openWindow(seconds * 1000)
      return { until: isoTime(clock.now() + seconds * 1000) }
    },
    pairings: () => Promise.resolve(sessions.list()),
    async pair({ device }) {
      const known = pairing.list()
      const nearby = known.some((item) => item.device === device) ? known : await pairing.nearby()
      if (!nearby.some(isCalled(device)))
        throw new HoldfastError('not-found', `no device ${device} is found nearby`, {
          reason: 'not-nearby',
          values: { device },
          hint: 'the other device has to show itself: run holdfast nearby there, or choose Add a device on its page, then repeat this',
        })
      return sessions.describe(await pairing.pair(findDevice(device, nearby)))
    },
    async acceptPairing({ device, digits }) {
      const session = sessions.find(device)
      const accepted = pairing.accept(session.device, digits)
      // The other side may take its time; only what goes wrong at once is this call's answer.
      await Promise.race([accepted, new Promise<void>((resolve) => clock.after(ANSWER_MS, resolve))])
      accepted.then(
        () => note('paired', session.device),
        () => undefined,
      )
      sessions.accepted(session.device)
      return sessions.describe(session)
    },
    async refusePairing({ device: reference, reason }) {
      const { device } = sessions.find(reference)
      await pairing.refuse(device, reason)
      return { device }
    },
    async pairingOutcome({ device }) {
      const session = sessions.find(device)
      await session.done
      return joined(session.device)
    },
  }
}

const ANSWER_MS = 150

/** The group, this device first, recovery kits last. */
export function deviceList({ network }: BackendContext): Device[] {
  const { state } = network.group
  const devices = network.devices().map(({ device, name, role, connected, lastSeen }): Device => ({
    device,
    name,
    role,
    connected,
    lastSeen: lastSeen === null ? null : isoTime(lastSeen),
    pledgeBytes: state.pledge(device),
  }))
  const kits = state.kits.map(({ device, name, made }): Device => ({
    device,
    name,
    role: 'recovery',
    connected: false,
    lastSeen: isoTime(made),
    pledgeBytes: 0,
  }))
  return [...devices, ...kits]
}

export function nearbyDevice({ device, name, address, digits }: NearbyDevice): NearbyDevice {
  return { device, name, address, digits }
}

export function pairingEnd({ device, name, error }: PairingEnded): PairingEnd {
  if (error === null) return { device, name, joined: true, message: null, hint: null }
  return {
    device,
    name,
    joined: false,
    message: messageOf(error),
    hint: error instanceof HoldfastError ? (error.hint ?? null) : null,
    ...(error instanceof HoldfastError ? toldOf(error.told) : {}),
  }
}

/** What is known of pairings beside what the network says: whether this side has accepted. */
export class SessionBook {
  readonly #context: BackendContext
  readonly #accepted = new WeakSet<PairingSession>()

  constructor(context: BackendContext) {
    this.#context = context
  }

  list(): Pairing[] {
    return this.#context.pairing.sessions().map((session) => this.describe(session))
  }

  /** By the other device's name, id or last 8 characters; throws `not-found`, or `usage` where several fit. */
  find(reference: string): PairingSession {
    const sessions = this.#context.pairing.sessions()
    if (sessions.some(isCalled(reference))) {
      const device = findDevice(reference, sessions)
      return sessions.find((session) => session.device === device)!
    }
    throw new HoldfastError('not-found', `no pairing with ${reference} is under way`, {
      reason: 'no-pairing',
      values: { device: reference },
      hint: 'holdfast pair DEVICE begins one; holdfast pairing list shows those that wait',
    })
  }

  accepted(device: DeviceId): void {
    const session = this.#context.pairing.sessions().find((item) => item.device === device)
    if (session !== undefined) this.#accepted.add(session)
  }

  describe(session: PairingSession): Pairing {
    const { device, name, digits, asker, expires } = session
    const address = this.#context.pairing.list().find((item) => item.device === device)?.address ?? ''
    return {
      device,
      name,
      address,
      digits,
      incoming: asker === 'there',
      acceptedHere: this.#accepted.has(session) || session.accepted.here,
      acceptedThere: session.accepted.there,
      expires: isoTime(expires),
    }
  }
}
