import type { Setting } from '#api/contract'
import { size } from '../format.ts'
import { t } from '../text/text.ts'
import { SettingField } from './setting-field.tsx'
import { bytesOf, sizeText } from './sizes.ts'

/** Bytes a second; 0: as fast as it goes. */
const PRESETS = [0, 500_000, 2_000_000, 10_000_000]

/** How fast it may send, or receive: some usual limits, or any other. */
export function RateField({ setting, name, how, changed }: { setting: Setting; name: string; how: string; changed: () => void }) {
  return (
    <SettingField setting={setting} name={name} how={how} changed={changed} isSize>
      {(typed, type) => (
        <div className="settings-presets" role="group" aria-label={t('settings.presets', { name })}>
          {PRESETS.map((bytes) => (
            <button
              key={bytes}
              type="button"
              aria-pressed={bytesOf(typed) === bytes}
              onClick={() => type(bytes === 0 ? '0' : `${sizeText(bytes)}/s`)}
            >
              {bytes === 0 ? t('settings.rate.none') : t('state.rate', { bytes: size(bytes) })}
            </button>
          ))}
        </div>
      )}
    </SettingField>
  )
}
