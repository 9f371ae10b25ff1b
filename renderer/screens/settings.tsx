import { useEffect, useState, type ReactNode } from 'react'
import { Link } from 'wouter'
import type { Setting } from '#api/contract'
import { api } from '../live/api.ts'
import { useLoaded } from '../live/loaded.ts'
import type { Snapshot } from '../live/state.ts'
import { FailureNote } from '../parts/action.tsx'
import { Section } from '../parts/section.tsx'
import { Advanced } from '../settings/advanced.tsx'
import { Choices } from '../settings/choices.tsx'
import { LeaveGroup } from '../settings/leave-group.tsx'
import { Look } from '../settings/look.tsx'
import { PledgeField } from '../settings/pledge-field.tsx'
import { RateField } from '../settings/rate-field.tsx'
import { RecoveryExport } from '../settings/recovery-export.tsx'
import { RecoveryRestore } from '../settings/recovery-restore.tsx'
import { Aftermath, SettingField } from '../settings/setting-field.tsx'
import { SupportBundle } from '../settings/support-bundle.tsx'
import { ThisComputer } from '../settings/this-computer.tsx'
import { useSetting } from '../settings/use-setting.ts'
import { t } from '../text/text.ts'

declare const HOLDFAST_VERSION: string

/** Those that have a place of their own; all others are under Advanced. */
const PLACED = ['name', 'rate_limit_up', 'rate_limit_down', 'pledge', 'replication_factor', 'log_level']
const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const

export default function SettingsScreen({ snapshot }: { snapshot: Snapshot }) {
  const { value, failure, reload } = useLoaded(
    'config',
    () => api.config(),
    ({ event }) => event === 'devices',
  )
  const settings = value ?? []
  const of = (key: string): Setting | undefined => settings.find((setting) => setting.key === key)
  const [name, up, down, pledge, copies, level] = [
    'name',
    'rate_limit_up',
    'rate_limit_down',
    'pledge',
    'replication_factor',
    'log_level',
  ].map(of)
  useShownPart(value !== null)
  return (
    <>
      <Section title={t('nav.settings')} isScreen>
        <div className="settings-rows">
          <Look />
          <ThisComputer />
        </div>
        <FailureNote failure={failure} />
      </Section>
      <Part id="device" title={t('settings.device')}>
        {name === undefined ? null : (
          <SettingField setting={name} name={t('settings.name')} how={t('settings.name.how')} changed={reload} />
        )}
        {pledge === undefined ? null : <PledgeField setting={pledge} changed={reload} />}
      </Part>
      {up === undefined && down === undefined ? null : (
        <Part id="network" title={t('settings.network')}>
          {down === undefined ? null : (
            <RateField setting={down} name={t('settings.rate.down')} how={t('settings.rate.down.how')} changed={reload} />
          )}
          {up === undefined ? null : (
            <RateField setting={up} name={t('settings.rate.up')} how={t('settings.rate.up.how')} changed={reload} />
          )}
        </Part>
      )}
      <Part id="group" title={t('settings.group')}>
        {copies === undefined ? null : (
          <SettingField
            setting={copies}
            name={t('settings.copies')}
            how={t('settings.copies.how')}
            changed={reload}
            type="number"
          />
        )}
        <LeaveGroup snapshot={snapshot} />
      </Part>
      <Part id="recovery" title={t('settings.recovery')}>
        <RecoveryExport />
        <RecoveryRestore snapshot={snapshot} />
      </Part>
      <Part id="help" title={t('settings.help')}>
        <SupportBundle />
        {level === undefined ? null : <LogLevel setting={level} changed={reload} />}
        <Advanced settings={settings.filter(({ key }) => !PLACED.includes(key))} changed={reload} />
      </Part>
      <Part id="about" title={t('settings.about')}>
        <p className="settings-row">
          {t('settings.version', { version: HOLDFAST_VERSION })}{' '}
          <span className="muted">
            {t('settings.license')} <Link href="/health">{t('settings.about.health')}</Link>
          </span>
        </p>
      </Part>
    </>
  )
}

function Part({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  return (
    <div id={id} className="settings-part">
      <Section title={title}>
        <div className="settings-rows">{children}</div>
      </Section>
    </div>
  )
}

function LogLevel({ setting, changed }: { setting: Setting; changed: () => void }) {
  const saving = useSetting(setting, t('settings.log'), changed)
  const [wanted, setWanted] = useState<Setting['value']>(null)
  useEffect(() => setWanted(null), [setting.value])
  const choose = async (level: string): Promise<void> => {
    setWanted(level)
    if (!(await saving.save(level))) setWanted(null)
  }
  return (
    <div>
      <Choices
        title={t('settings.log')}
        how={t('settings.log.how')}
        choices={LOG_LEVELS.map((name) => ({ name, title: t(`settings.log.${name}`) }))}
        chosen={LOG_LEVELS.find((level) => level === (wanted ?? setting.value)) ?? null}
        choose={(level) => void choose(level)}
      />
      <Aftermath setting={setting} saving={saving} />
    </div>
  )
}

/** Brings the part into sight that the address names, once all parts are there. */
function useShownPart(isThere: boolean): void {
  useEffect(() => {
    if (isThere && location.hash !== '') document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: 'start' })
  }, [isThere])
}
