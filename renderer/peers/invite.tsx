import { useState } from 'react'
import { api } from '../live/api.ts'
import { useNow } from '../live/use-now.ts'
import { clock, when } from '../format.ts'
import { FailureNote, useAction } from '../parts/action.tsx'
import { CopyButton } from '../parts/copy-button.tsx'
import { t } from '../text/text.ts'
import { inviteLink } from './invite-link.ts'
import { Qr } from './qr.tsx'

const ROLES = ['member', 'storage'] as const
/** Of a code that is good for longer the time is said, and not counted. */
const COUNTED_MS = 3_600_000

interface Made {
  code: string
  expires: string
  role: (typeof ROLES)[number]
}

/** A code for another device, as text and as a picture; made when somebody asks for it, since each opens a door. */
export function Invite({ role: first = 'member' }: { role?: Made['role'] }) {
  const [role, setRole] = useState(first)
  const [invite, setInvite] = useState<Made | null>(null)
  const { busy, failure, run } = useAction()
  const make = async (): Promise<void> => setInvite({ ...(await api.createInvite({ role })), role })
  return (
    <div className="way">
      <h3>{t('add.invite')}</h3>
      <p className="muted">{t('add.invite.how')}</p>
      <fieldset className="peers-roles">
        <legend className="visually-hidden">{t('peers.invite.for')}</legend>
        {ROLES.map((each) => (
          <label key={each}>
            <input type="radio" name="role" checked={role === each} onChange={() => setRole(each)} />
            <span>
              {t(`peers.invite.${each}`)} <span className="muted">{t(`peers.invite.${each}.how`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {invite === null ? null : <Shown invite={invite} />}
      <button type="button" className={invite === null ? 'primary' : ''} disabled={busy} onClick={() => void run(make)}>
        {t(invite === null ? 'add.invite.make' : 'add.invite.again')}
      </button>
      <FailureNote failure={failure} />
    </div>
  )
}

function Shown({ invite: { code, expires, role } }: { invite: Made }) {
  const left = Date.parse(expires) - useNow(1_000)
  if (left <= 0) {
    return (
      <p className="failure" role="alert">
        {t('peers.invite.expired')}
      </p>
    )
  }
  return (
    <div className="peers-invite">
      <Qr text={inviteLink(code)} label={t('peers.invite.picture')} />
      <div>
        <p className="code">
          <code>{code}</code>
        </p>
        <p className="actions">
          <CopyButton text={code} label={t('add.invite.copy')} />
          <CopyButton text={inviteLink(code)} label={t('peers.invite.link')} />
        </p>
        <p className="muted">
          {t('add.invite.until', { time: when(expires) })} {role === 'storage' ? t('peers.invite.storage.there') : null}
        </p>
        {left > COUNTED_MS ? null : <p className="peers-countdown">{t('peers.invite.left', { time: clock(left) })}</p>}
      </div>
    </div>
  )
}
