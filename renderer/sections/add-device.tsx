import { useState } from 'react'
import type { Snapshot } from '../live/state.ts'
import { Icon } from '../parts/icon.tsx'
import { Section } from '../parts/section.tsx'
import { Invite } from '../peers/invite.tsx'
import { JoinByCode } from '../peers/join-by-code.tsx'
import { Nearby } from '../peers/nearby.tsx'
import { t } from '../text/text.ts'

/** Three ways to a second device. Open at once where there is none yet, as the first step, where somebody came for that, and where a link brought a code. */
export function AddDevice({
  snapshot,
  isWanted = false,
  role = 'member',
  code = null,
  joined,
}: {
  snapshot: Snapshot
  /** Somebody came for that. */
  isWanted?: boolean
  /** What an invitation is for at first. */
  role?: 'member' | 'storage'
  /** One that a link brought: filled in, and not used before somebody says so. */
  code?: string | null
  joined?: () => void
}) {
  const alone = snapshot.devices.filter(({ role }) => role !== 'recovery').length < 2
  const [wanted, setWanted] = useState<boolean | null>(null)
  const open = wanted ?? (alone || isWanted || code !== null)
  return (
    <Section
      title={t(open ? 'add.title' : 'peers.add')}
      aside={
        <button type="button" className={open ? 'quiet' : undefined} aria-expanded={open} onClick={() => setWanted(!open)}>
          {open ? null : <Icon name="plus" />} {t(open ? 'action.close' : 'add.title')}
        </button>
      }
    >
      {open ? (
        <div className="ways">
          <Nearby snapshot={snapshot} />
          <Invite role={role} />
          <JoinByCode code={code} {...(joined === undefined ? {} : { joined })} />
        </div>
      ) : (
        <p className="muted">{t('peers.add.how')}</p>
      )}
    </Section>
  )
}
