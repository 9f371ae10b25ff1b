import { Link } from 'wouter'
import type { PairingEnd } from '#api/contract'
import { forgetPairingEnd } from '../live/live.ts'
import { sentence } from '../format.ts'
import { failureWords } from '../parts/failure-words.ts'
import { Hint } from '../parts/hint.tsx'
import { ADD_DEVICE } from '../places.ts'
import { t } from '../text/text.ts'

/** What came of a pairing that was on this screen, until somebody has read it. */
export function PairingEndNotice({ end }: { end: PairingEnd | null }) {
  if (end === null) return null
  const { name, joined } = end
  const { message, hint } = failureWords({ ...end, message: end.message ?? '' })
  return (
    <section className={joined ? 'notice' : 'notice failed'} role={joined ? 'status' : 'alert'}>
      <h2>{t(joined ? 'pairing.done' : 'pairing.failed', { device: name })}</h2>
      {joined ? (
        <p>{t('pairing.done.how')}</p>
      ) : (
        <p>
          {sentence(message)} {t('pairing.failed.how')} <Hint hint={hint} />
        </p>
      )}
      <div className="actions">
        <button type="button" onClick={forgetPairingEnd}>
          {t('action.ok')}
        </button>
        {joined ? null : (
          <Link href={ADD_DEVICE} className="quiet" onClick={forgetPairingEnd}>
            {t('peers.pairing.again')}
          </Link>
        )}
      </div>
    </section>
  )
}
