import { byteRate } from '#base'
import type { PeerNetwork } from '#peers'
import type { SettingValues } from './settings.ts'

/** Has the limits count that the settings name. */
export function applyRateLimits({ limits }: Pick<PeerNetwork, 'limits'>, settings: SettingValues): void {
  limits.set(byteRate(settings.rate_limit_up) ?? 0, byteRate(settings.rate_limit_down) ?? 0)
}
