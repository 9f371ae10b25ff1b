import { HoldfastError } from '#base'
import type { DeviceId } from '#model'
import type { FoldedGroup } from './fold-group.ts'
import { isSettingValue, SETTING_KEYS } from './fold-settings.ts'
import type { GroupSettings } from './group.ts'
import type { SettingBody } from './operation-body.ts'

/** A change of what applies to all of the group. */
export function groupSetting(name: keyof GroupSettings, value: number): SettingBody {
  return { kind: 'group.setting', key: SETTING_KEYS[name], value }
}

/** What says it; nothing where the log says so already. Throws `denied` or `usage`. */
export function settingChange(state: FoldedGroup, own: DeviceId, body: SettingBody): SettingBody[] {
  if (body.kind === 'device.pledge' || body.kind === 'device.leaving') {
    // A device that was put out meanwhile says it in its next group.
    const isIn = state.devices.some(({ device }) => device === own)
    const isSo = body.kind === 'device.pledge' ? state.pledge(own) === body.bytes : state.isLeaving(own) === body.isLeaving
    return !isIn || isSo ? [] : [body]
  }
  if (state.devices.find(({ device }) => device === own)?.role !== 'member') {
    throw new HoldfastError('denied', 'what applies to all of the group is for its members to say: this is a storage device', {
      reason: 'storage-no-settings',
      hint: 'do it on a member of the group',
    })
  }
  const name = (['replicas', 'leaveAfter'] as const).find((one) => SETTING_KEYS[one] === body.key)
  if (name === undefined || !isSettingValue(name, body.value)) {
    throw new HoldfastError('usage', `${body.value} is no value for setting ${body.key} of a group`)
  }
  return state[name] === body.value ? [] : [body]
}
