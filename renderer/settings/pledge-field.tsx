import type { Setting } from '#api/contract'
import { size } from '../format.ts'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import { t } from '../text/text.ts'
import { SettingField } from './setting-field.tsx'
import { bytesOf, localSize, sizeText } from './sizes.ts'

const STEPS = 100

/** How much of this disk is for copies of the group: by a slider over what is free, or typed. */
export function PledgeField({ setting, changed }: { setting: Setting; changed: () => void }) {
  const { value: upkeep } = useLoaded('upkeep', () => api.upkeep())
  const name = t('settings.pledge')
  const now = bytesIn(setting.value)
  const running = bytesIn(setting.running)
  const free = upkeep?.freeBytes ?? null
  const shownSetting = { ...setting, value: sizeText(now) }
  return (
    <SettingField setting={shownSetting} name={name} how={t('settings.pledge.how')} changed={changed} isSize>
      {(typed, type) => (
        <>
          {free === null ? null : (
            <div className="settings-slider">
              <input
                type="range"
                min={0}
                max={STEPS}
                aria-label={t('settings.pledge.slider')}
                aria-valuetext={size(bytesOf(typed) ?? 0)}
                value={Math.round(((bytesOf(typed) ?? 0) / Math.max(1, free + now)) * STEPS)}
                onChange={({ target }) => type(sizeText(rounded((Number(target.value) / STEPS) * (free + now))))}
              />
              <p className="muted">
                {upkeep?.volumeBytes == null
                  ? t('settings.pledge.free', { free: size(free) })
                  : t('settings.pledge.free-of', { free: size(free), all: size(upkeep.volumeBytes) })}
              </p>
            </div>
          )}
          {running < now && running > 0 ? (
            <p className="settings-note">{t('settings.pledge.less', { bytes: size(running) })}</p>
          ) : null}
        </>
      )}
    </SettingField>
  )
}

function bytesIn(value: Setting['value']): number {
  return bytesOf(localSize(String(value ?? '0'))) ?? 0
}

/** To two digits: nobody sets 183.27 GB by a slider. */
function rounded(bytes: number): number {
  if (bytes < 1e6) return 0
  const unit = 10 ** (Math.floor(Math.log10(bytes)) - 1)
  return Math.floor(bytes / unit) * unit
}
