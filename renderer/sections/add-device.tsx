import { useState } from 'react'
import type { Snapshot } from '../live/state.ts'
import { Section } from '../parts/section.tsx'
import { Invite } from '../peers/invite.tsx'
import { JoinByCode } from '../peers/join-by-code.tsx'
import { Nearby } from '../peers/nearby.tsx'
import { t } from '../text/text.ts'

/** Three ways to a second device. Open at once where there is none yet, as the first step, and where a link brought a code. */
export function AddDevice({
  snapshot,
  code = null,
  joined,
}: {
  snapshot: Snapshot
  /** One that a link brought: filled in, and not used before somebody says so. */
  code?: string | null
  joined?: () => void
}) {
  const alone = snapshot.devices.filter(({ role }) => role !== 'recovery').length < 2
  const [wanted, setWanted] = useState<boolean | null>(null)
  const open = wanted ?? (alone || code !== null)
  return (
    <Section
      title={t('add.title')}
      aside={
        <button type="button" className="quiet" aria-expanded={open} onClick={() => setWanted(!open)}>
          {t(open ? 'action.close' : 'action.open')}
        </button>
      }
    >
      {open ? (
        <div className="ways">
          <Nearby snapshot={snapshot} />
          <Invite />
          <JoinByCode code={code} {...(joined === undefined ? {} : { joined })} />
        </div>
      ) : (
        <p className="muted">{t('peers.add.how')}</p>
      )}
    </Section>
  )
}
