import { HoldfastError } from '#base'
import type { DeviceId } from '#model'
import { MAX_KITS } from './fold-draft.ts'
import type { FoldedGroup } from './fold-group.ts'
import { MAX_PINS, MAX_SNAPSHOTS } from './fold-properties.ts'
import { nameFault } from './operation-fields.ts'
import type { KitBody, PropertyBody, SettingBody } from './operation-body.ts'
import { settingChange } from './setting-changes.ts'

/** Operations of this device after which it says no more of this kind: devices and roles must not run out of them for it. */
const MAX_OPERATIONS = 16_000
/** Epochs that one snapshot can name. */
const MAX_PLACES = 2_000

/** What says it; nothing where it is so already. `written`: how many operations this device has authored. */
export function saying(
  state: FoldedGroup,
  own: DeviceId,
  written: number,
  body: PropertyBody | SettingBody | KitBody,
): (PropertyBody | SettingBody | KitBody)[] {
  if (body.kind === 'recovery.add') return kitChange(state, own, body)
  const isSetting = body.kind === 'device.pledge' || body.kind === 'device.leaving' || body.kind === 'group.setting'
  const changes = isSetting ? settingChange(state, own, body) : propertyChange(state, own, body)
  if (changes.length > 0 && written >= MAX_OPERATIONS) {
    throw new HoldfastError(
      'full',
      `this device has changed the group ${MAX_OPERATIONS} times, and has to leave room for what matters more`,
      { reason: 'group-full', hint: 'do it on another device of the group' },
    )
  }
  return changes
}

function kitChange({ devices, kits }: FoldedGroup, own: DeviceId, body: KitBody): KitBody[] {
  if (devices.find(({ device }) => device === own)?.role !== 'member') {
    throw new HoldfastError('denied', 'a storage device can read no folders, and so can no kit that it makes', {
      reason: 'storage-no-kit',
      hint: 'make the recovery kit on a member of the group',
    })
  }
  if (kits.length < MAX_KITS) return [body]
  throw new HoldfastError('full', `the group has ${MAX_KITS} recovery kits, and can have no more`, {
    reason: 'kits-full',
    values: { most: MAX_KITS },
    hint: 'remove one first: holdfast devices remove KIT',
  })
}

function propertyChange(state: FoldedGroup, own: DeviceId, body: PropertyBody): PropertyBody[] {
  const folder = state.folders.find(({ id }) => id === body.folder)
  if (folder === undefined) throw new HoldfastError('not-found', `the group has no folder ${body.folder}`)
  const isMember = state.devices.find(({ device }) => device === own)?.role === 'member'
  if (!isMember || (folder.creator !== own && state.role(body.folder, own) !== 'sync')) {
    throw new HoldfastError('denied', `what ${folder.name} keeps is for its creator and devices with the role sync to say`, {
      reason: 'may-not-decide',
      values: { folder: folder.name },
      hint: 'do it on one of them, or have it give this device that role: holdfast folder share FOLDER DEVICE --role sync',
    })
  }
  const { policy, pins, snapshots } = state.properties(body.folder)
  switch (body.kind) {
    case 'folder.retention':
      return policy?.join() === body.policy.join() ? [] : [body]
    case 'folder.pin':
      if (pins.has(body.version) === body.isPinned) return []
      if (body.isPinned && pins.size >= MAX_PINS)
        throw new HoldfastError('full', `${folder.name} has ${MAX_PINS} pinned versions, and can have no more`, {
          reason: 'pins-full',
          values: { folder: folder.name, most: MAX_PINS },
          hint: 'unpin some: holdfast unpin TARGET --version V',
        })
      return [body]
    case 'snapshot.create': {
      checkSnapshot(folder.name, body)
      if (snapshots.length >= MAX_SNAPSHOTS)
        throw new HoldfastError('full', `${folder.name} has ${MAX_SNAPSHOTS} snapshots, and can have no more`, {
          reason: 'snapshots-full',
          values: { folder: folder.name, most: MAX_SNAPSHOTS },
          hint: 'delete some: holdfast snapshot delete FOLDER NAME',
        })
      if (!snapshots.some(({ name }) => name === body.name)) return [body]
      throw new HoldfastError('exists', `${folder.name} has a snapshot ${JSON.stringify(body.name)} already`, {
        reason: 'snapshot-exists',
        values: { folder: folder.name, name: String(body.name) },
        hint: 'choose another name, or delete that one first: holdfast snapshot delete FOLDER NAME',
      })
    }
    case 'snapshot.delete':
      return snapshots.some(({ id }) => id === body.id) ? [body] : []
  }
}

function checkSnapshot(folder: string, { name, upTo }: PropertyBody & { kind: 'snapshot.create' }): void {
  const fault = typeof name === 'string' ? nameFault(name) : undefined
  if (fault !== undefined)
    throw new HoldfastError('usage', `a snapshot cannot be called ${JSON.stringify(name)}: ${fault}`, {
      reason: 'snapshot-name',
      values: { name: String(name) },
    })
  if (upTo.reduce((sum, [, places]) => sum + places.length + 2, 0) <= MAX_PLACES) return
  throw new HoldfastError(
    'full',
    `${folder} was written in by so many devices, so many times anew, that no snapshot can name them all`,
    { reason: 'snapshot-wide', values: { folder }, hint: 'share it anew, as another folder' },
  )
}
