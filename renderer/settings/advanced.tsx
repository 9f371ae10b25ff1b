import type { Setting } from '#api/contract'
import { t, type MessageKey } from '../text/text.ts'
import { SettingField } from './setting-field.tsx'

const KNOWN: Record<string, MessageKey> = {
  listen: 'settings.listen',
  http: 'settings.http',
  gc_grace: 'settings.gc_grace',
  cache_bytes: 'settings.cache_bytes',
  scrub_days: 'settings.scrub_days',
  leave_after: 'settings.leave_after',
}

/** Settings that few need, and those that this page does not know: by their names on the command line. */
export function Advanced({ settings, changed }: { settings: readonly Setting[]; changed: () => void }) {
  return (
    <details className="settings-advanced">
      <summary>{t('settings.advanced.show', { count: settings.length })}</summary>
      <div className="settings-rows">
        {settings.map((setting) => {
          const how = KNOWN[setting.key]
          return (
            <SettingField
              key={setting.key}
              setting={setting}
              name={setting.key}
              how={how === undefined ? null : t(how)}
              changed={changed}
              isSize={setting.key === 'cache_bytes'}
            />
          )
        })}
      </div>
    </details>
  )
}
