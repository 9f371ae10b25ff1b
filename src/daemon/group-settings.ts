import { durationMs, durationText, HoldfastError } from '#base'
import { DEFAULT_SETTINGS, groupSetting, isSettingValue, type Group, type GroupSettings } from '#peers'

interface Definition {
  /** What the group's log calls it. */
  name: keyof GroupSettings
  takes: string
  /** What was typed, or came as JSON; NaN where it is nothing. */
  read(value: string): number
  shown(value: number): string | number
}

/** Settings that are the group's: they are in its log, and the same on all its devices. */
const DEFINITIONS = {
  replication_factor: {
    name: 'replicas',
    takes: 'a number of devices from 1 to 255',
    read: (text) => (/^\d{1,3}$/.test(text) ? Number(text) : NaN),
    shown: (value) => value,
  },
  leave_after: {
    name: 'leaveAfter',
    takes: 'a duration of whole seconds, like 7d or 12h, or 0 for never by itself',
    read: (text) => (durationMs(text) ?? NaN) / 1000,
    shown: (value) => durationText(value * 1000),
  },
} as const satisfies Record<string, Definition>

export type GroupSettingKey = keyof typeof DEFINITIONS
export const GROUP_SETTING_KEYS = Object.keys(DEFINITIONS) as GroupSettingKey[]

export function isGroupSetting(key: string): key is GroupSettingKey {
  return key in DEFINITIONS
}

/** As people write it. */
export function groupSettingValue({ state }: Pick<Group, 'state'>, key: GroupSettingKey): string | number {
  const { name, shown } = DEFINITIONS[key]
  return shown(state[name])
}

/** Has the group's log say it; null: what applies without anybody's word. Throws `usage`, or `denied` on a storage device. */
export async function setGroupSetting(
  group: Pick<Group, 'say'>,
  key: GroupSettingKey,
  value: string | number | boolean | null,
): Promise<void> {
  const { name, read, takes } = DEFINITIONS[key]
  const number = value === null ? DEFAULT_SETTINGS[name] : read(String(value))
  if (!isSettingValue(name, number))
    throw new HoldfastError('usage', `${JSON.stringify(value)} is no value for ${key}`, {
      reason: 'no-value',
      values: { key, value: String(value) },
      hint: `it takes ${takes}`,
    })
  await group.say(groupSetting(name, number))
}
