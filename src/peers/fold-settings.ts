import type { GroupSettings } from './group.ts'

/** What applies where nobody has said anything. */
export const DEFAULT_SETTINGS: GroupSettings = { replicas: 3, leaveAfter: 7 * 24 * 60 * 60 }

/** The numbers by which the log names them; never reused. */
export const SETTING_KEYS: Record<keyof GroupSettings, number> = { replicas: 0, leaveAfter: 1 }

const MAX_REPLICAS = 255

/** Can a setting be that? */
export function isSettingValue(name: keyof GroupSettings, value: number): boolean {
  if (!Number.isSafeInteger(value)) return false
  return name === 'replicas' ? value >= 1 && value <= MAX_REPLICAS : value >= 0
}

/** The settings after an operation; what a newer Holdfast sets, or one out of its range, changes nothing. */
export function withSetting(settings: GroupSettings, key: number, value: number): GroupSettings {
  for (const name of ['replicas', 'leaveAfter'] as const)
    if (SETTING_KEYS[name] === key && isSettingValue(name, value)) return { ...settings, [name]: value }
  return settings
}
