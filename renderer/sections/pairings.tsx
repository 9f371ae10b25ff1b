import { Link } from 'wouter'
import type { Pairing } from '#api/contract'
import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { useNow } from '../live/use-now.ts'
import { clock, digitGroups } from '../format.ts'
import { ActionButton } from '../parts/action.tsx'
import { namesIn } from '../parts/names.ts'
import { ADD_DEVICE } from '../places.ts'
import { t } from '../text/text.ts'

/** A pairing takes two minutes at most; where the clocks of page and daemon differ by more, nothing is counted. */
const COUNTED_MS = 600_000

/** Pairings that wait for somebody: above everything else, since another person may be waiting at the other screen. */
export function Pairings({ snapshot }: { snapshot: Snapshot }) {
  const called = namesIn(snapshot)
  return snapshot.pairings.map((pairing) => <PairingCard key={pairing.device} pairing={pairing} name={called(pairing.device)} />)
}

function PairingCard({ pairing, name }: { pairing: Pairing; name: string }) {
  const { device, digits, incoming, acceptedHere, acceptedThere, expires } = pairing
  const left = Date.parse(expires) - useNow(1_000)
  if (left <= 0 && left > -COUNTED_MS) return <Over device={device} name={name} />
  return (
    <section className="pairing" aria-label={t('pairing.with', { device: name })} role="alertdialog">
      <div>
        <h2>{t(incoming ? 'pairing.asked' : 'pairing.ask', { device: name })}</h2>
        <p>{t('pairing.look', { device: name })}</p>
        {acceptedThere && !acceptedHere ? <p>{t('pairing.yes-there', { device: name })}</p> : null}
      </div>
      <p className="digits">{digitGroups(digits)}</p>
      {Math.abs(left) > COUNTED_MS ? null : <p className="peers-countdown">{t('peers.pairing.left', { time: clock(left) })}</p>}
      <div className="actions">
        {acceptedHere ? (
          <p role="status">{t('pairing.waits', { device: name })}</p>
        ) : (
          <>
            <ActionButton primary run={() => api.acceptPairing({ device, digits })}>
              {t('pairing.same')}
            </ActionButton>
            <ActionButton run={() => api.refusePairing({ device, reason: 'differ' })}>{t('pairing.differ')}</ActionButton>
          </>
        )}
        <ActionButton run={() => api.refusePairing({ device })}>{t(incoming ? 'pairing.refuse' : 'action.cancel')}</ActionButton>
      </div>
    </section>
  )
}

/** Until the daemon has said that it is over, too. */
function Over({ device, name }: { device: string; name: string }) {
  return (
    <section className="notice failed" role="alert">
      <h2>{t('pairing.failed', { device: name })}</h2>
      <p>
        {t('peers.pairing.over')} {t('pairing.failed.how')}
      </p>
      <div className="actions">
        <ActionButton run={() => api.refusePairing({ device })}>{t('action.close')}</ActionButton>
        <Link href={ADD_DEVICE} className="quiet">
          {t('peers.pairing.again')}
        </Link>
      </div>
    </section>
  )
}
