import { useId } from 'react'
import { t } from '../text/text.ts'
import { strength } from './passphrase.ts'

interface Secret {
  passphrase: string
  again: string
}

const LEVELS = { short: 1, weak: 2, good: 3, strong: 4 } as const

/** A passphrase, typed twice, with how strong it is in words. */
export function NewPassphrase({
  secret,
  changed,
  differ,
}: {
  secret: Secret
  changed: (secret: Secret) => void
  differ: boolean
}) {
  const id = useId()
  const level = strength(secret.passphrase)
  return (
    <>
      <div className="settings-pair">
        <label className="field">
          <span>{t('settings.passphrase')}</span>
          <input
            type="password"
            value={secret.passphrase}
            autoComplete="new-password"
            aria-describedby={id}
            onChange={({ target }) => changed({ ...secret, passphrase: target.value })}
          />
        </label>
        <label className="field">
          <span>{t('settings.passphrase.again')}</span>
          <input
            type="password"
            value={secret.again}
            autoComplete="new-password"
            aria-invalid={differ}
            onChange={({ target }) => changed({ ...secret, again: target.value })}
          />
        </label>
      </div>
      <p id={id} className="settings-strength" role="status">
        {secret.passphrase === '' ? (
          <span className="muted">{t('settings.passphrase.how')}</span>
        ) : (
          <>
            <meter min={0} max={4} low={3} high={3} optimum={4} value={LEVELS[level]} aria-hidden="true" />
            <span>{t(differ ? 'settings.passphrase.differ' : `settings.passphrase.${level}`)}</span>
          </>
        )}
      </p>
    </>
  )
}
