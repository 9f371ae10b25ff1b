import { describe, expect, it } from 'vitest'
import { seededRandom, silentLogger, systemClock } from '#base'
import type { DeviceId, Role } from '#model'
import { createIdentity, kitIdentity, type Identity } from '#peers'
import { foldGroup, type FoldedGroup } from '../../src/peers/fold-group.ts'
import { MAX_KITS } from '../../src/peers/fold-draft.ts'
import { FolderSecrets } from '../../src/peers/folder-secrets.ts'
import type { OperationBody } from '../../src/peers/operation-body.ts'
import { signOperations } from '../../src/peers/sign-operations.ts'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { ids } from './data-keys.ts'
import { join, meet, member, type Member } from './members.ts'
import { A, B, C, D, folderId, keyAt, NO_KEY, Scribe, shown, unopenable } from './scribe.ts'

/** Identities beyond those of the scribe. */
const [E, F] = [createIdentity(), createIdentity()]

function kit(by: Scribe, maker: Identity, keys: Identity): Scribe {
  by.by(maker, { kind: 'recovery.add', device: keys.device, name: 'kit', x25519: NO_KEY })
  return by
}

function share(by: Scribe, device: DeviceId | null, role: Role): void {
  by.by(A, { kind: 'folder.share', folder: folderId, device, role, cut: null })
}

/** A made the folder, B is a member, D is the kit of B. */
function withKit(): Scribe {
  return kit(new Scribe().found().add(A, B).create(A), B, D)
}

const readers = (log: Scribe): DeviceId[] => foldGroup(log.operations).readers(folderId)
const roleOf = (log: Scribe, { device }: Identity): Role => foldGroup(log.operations).role(folderId, device)

describe('a recovery kit in the group log', () => {
  it('is no device: it has no role and is counted nowhere, but gets the keys of what its maker may read', () => {
    const state = foldGroup(withKit().operations)
    expect(state.devices.map(({ device }) => device).toSorted()).toEqual([A.device, B.device].toSorted())
    expect(state.kits).toMatchObject([{ device: D.device, name: 'kit', maker: B.device }])
    expect([state.role(folderId, D.device), state.wasMember(D.device), state.pledge(D.device)]).toEqual(['none', false, 0])
    expect(state.takers(folderId)).toEqual([A.device])
    expect(state.readers(folderId)).toEqual([A.device, B.device, D.device].toSorted())
  })

  it('lets a member in, and does nothing else', () => {
    const log = withKit().add(D, C)
    expect(log.devices).toContain(C.device)
    const before = shown(log.operations)
    const settings = { history: 'full', consistency: 'eventual', created: 1, check: NO_KEY, past: [] } as const
    const version = '00'.repeat(16) as never
    const bodies: OperationBody[] = [
      { kind: 'device.add', device: E.device, name: 'e', role: 'storage', x25519: NO_KEY },
      { kind: 'recovery.add', device: E.device, name: 'e', x25519: NO_KEY },
      { kind: 'device.rename', device: C.device, name: 'z' },
      { kind: 'device.rename', device: D.device, name: 'z' },
      { kind: 'device.remove', device: A.device, last: 0, cuts: [] },
      { kind: 'device.remove', device: C.device, last: 0, cuts: [] },
      { kind: 'folder.create', folder: ('b'.repeat(25) + 'a') as never, name: 'g', ...settings },
      { kind: 'folder.share', folder: folderId, device: C.device, role: 'none', cut: null },
      { kind: 'key.wrap', folder: folderId, ...unopenable(C) },
      { kind: 'key.ask', folder: folderId },
      { kind: 'data-key.wrap', folder: folderId, wraps: [{ ...keyAt(5), ...unopenable(C) }] },
      { kind: 'data-key.ask', folder: folderId, keys: [keyAt(5)] },
      { kind: 'folder.take', folder: folderId, takes: true },
      { kind: 'folder.count', folder: folderId, devices: [[A.device, []]] },
      { kind: 'folder.pin', folder: folderId, version, isPinned: true },
      { kind: 'device.pledge', bytes: 5 },
      { kind: 'group.setting', key: 0, value: 1 },
    ]
    for (const body of bodies) {
      log.by(D, body)
      expect([body.kind, shown(log.operations)]).toEqual([body.kind, before])
    }
  })

  it('is made by members only, and not by what is let in no more', () => {
    const log = kit(new Scribe().found().add(A, B, 'storage').create(A), B, D)
    expect(foldGroup(log.operations).kits).toEqual([])
    expect(foldGroup(log.add(D, C).operations).devices).toHaveLength(2)
  })

  it('opens what its maker may read, and no more; whoever it lets in may do what its maker may', () => {
    for (const role of ['sync', 'send-only', 'receive-only', 'none'] as const) {
      const log = withKit()
      share(log, B.device, role)
      expect([role, readers(log).includes(D.device)]).toEqual([role, role !== 'none'])
      expect(roleOf(log.add(D, C), C)).toBe(role)
      share(log, null, 'none')
      expect([role, readers(log).includes(D.device)]).toEqual([role, role !== 'none'])
      expect(roleOf(log.add(D, E), E)).toBe(role)
    }
  })

  it('opens the same when its maker is gone, since that is what it is for', () => {
    for (const role of [null, 'receive-only', 'none'] as const) {
      const log = withKit()
      if (role !== null) share(log, B.device, role)
      log.remove(A, B, 1)
      expect(foldGroup(log.operations).kits).toHaveLength(1)
      expect(readers(log).includes(D.device)).toBe(role !== 'none')
      expect(roleOf(log.add(D, C), C)).toBe(role ?? 'sync')
    }
  })

  it('is removed like a device: its keys are spent, and it lets nobody in, at whatever time it says that it did', () => {
    const log = withKit()
    log.by(A, { kind: 'data-key.wrap', folder: folderId, wraps: [{ ...keyAt(5), ...unopenable(D) }] })
    const early = log.operations.at(-1)!.hlc
    log.add(D, C).remove(A, D, 1)
    const state = foldGroup(log.operations)
    expect([state.kits, state.removed]).toEqual([[], [D.device]])
    expect(state.dataKeys(folderId)!.isSpent(keyAt(5))).toBe(true)
    expect(readers(log)).not.toContain(D.device)
    // The remover knew of the first whom it let in.
    expect(log.devices).toContain(C.device)
    log.add(D, E)
    log.by(D, { kind: 'device.add', device: F.device, name: 'f', role: 'member', x25519: NO_KEY }, early)
    expect(log.devices).not.toContain(E.device)
    expect(log.devices).not.toContain(F.device)
  })

  it('can be one of so many', () => {
    const log = new Scribe().found()
    for (let at = 0; at < MAX_KITS; at++) kit(log, A, createIdentity())
    expect(foldGroup(kit(log, A, D).operations).kits).toHaveLength(MAX_KITS)
    expect(foldGroup(log.operations).kits.some(({ device }) => device === D.device)).toBe(false)
  })
})

describe('the keys of a recovery kit', () => {
  const random = seededRandom(8)

  /** What the kit could open, with what a member knows of the group. */
  function opened(keys: Identity, state: FoldedGroup): FolderSecrets {
    const secrets = new FolderSecrets({ identity: keys, clock: systemClock, random, logger: silentLogger })
    secrets.refresh(state)
    return secrets
  }

  async function threeWithKit(): Promise<{ members: [Member, Member, Member]; keys: Identity }> {
    const [a, b, c] = [await member('a'), await member('b'), await member('c')]
    await join(a, b)
    await join(a, c)
    await a.group.createFolder({ name: 'old' })
    const keys = kitIdentity({ secret: random.bytes(16), group: a.group.state.id })
    await a.group.say({ kind: 'recovery.add', device: keys.device, name: 'kit', x25519: x25519PublicKey(keys.x25519) })
    await a.group.wrapMissing()
    await meet(a, b, c)
    return { members: [a, b, c], keys }
  }

  it('are wrapped for it when it is made, when a folder is, and when a removal makes a new one', async () => {
    const { members, keys } = await threeWithKit()
    const [a, b, c] = members
    const other = await b.group.createFolder({ name: 'new' })
    await meet(a, b, c)
    await b.group.removeDevice(c.identity.device)
    await meet(a, b)
    const { state } = a.group
    expect(state.folders).toHaveLength(2)
    for (const { id } of state.folders) {
      expect(opened(keys, state).get(id)).toEqual(a.group.secret(id))
      expect(ids(opened(keys, state).dataKeys(state, id))).toEqual(ids(a.group.dataKeys(id)))
    }
    expect(a.group.dataKeys(other.id).length).toBeGreaterThan(1)
  })

  it('are no longer wrapped for it once it was removed, and a new one seals from then on', async () => {
    const { members, keys } = await threeWithKit()
    const [a, b] = members
    const [{ id } = { id: folderId }] = a.group.state.folders
    const before = a.group.sealingKey(id)
    await b.group.removeDevice(keys.device)
    await meet(a, b)
    const sealing = a.group.sealingKey(id)
    expect(sealing).not.toEqual(before)
    expect(ids(opened(keys, a.group.state).dataKeys(a.group.state, id))).not.toContain(ids([sealing!])[0])
  })

  it('let one device in where the kit was used at two places at once: all agree which, when they meet', async () => {
    const { members, keys } = await threeWithKit()
    const [a, b] = members
    const added = [E, F]
    for (const [at, { group }] of [a, b].entries()) {
      const { device, x25519 } = added[at]!
      const body = { kind: 'device.add', device, name: `${at}`, role: 'member', x25519: x25519PublicKey(x25519) } as const
      const [operation] = signOperations({ identity: keys, clock: systemClock }, group.log, [body])
      await group.merge([operation!.bytes])
      expect(group.state.devices).toHaveLength(4)
    }
    await meet(a, b)
    const devices = a.group.state.devices.map(({ device }) => device)
    expect(b.group.state.devices.map(({ device }) => device)).toEqual(devices)
    expect(added.filter(({ device }) => devices.includes(device))).toHaveLength(1)
  })

  it('are not for a storage device to give: it makes no kit', async () => {
    const [a, s] = [await member('a'), await member('s')]
    await join(a, s, 'storage')
    const adding = s.group.say({ kind: 'recovery.add', device: D.device, name: 'kit', x25519: NO_KEY })
    await expect(adding).rejects.toMatchObject({ code: 'denied' })
  })
})
