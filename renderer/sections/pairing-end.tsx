import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import type { PairingEnd } from '#api/contract'
import { forgetPairingEnd } from '../live/live.ts'
import { sentence } from '../format.ts'
import { failureWords } from '../parts/failure-words.ts'
import { Hint } from '../parts/hint.tsx'
import { ADD_DEVICE } from '../places.ts'
import { t } from '../text/text.ts'

const LOOK_MS = 1_000
/** Of a visible page. */
const SEEN_MS = 60_000

/** What came of a pairing that was on this screen, until somebody has read it. */
export function PairingEndNotice({ end }: { end: PairingEnd | null }) {
  return end === null ? null : <Notice key={`${end.device} ${end.joined}`} end={end} />
}

function Notice({ end }: { end: PairingEnd }) {
  const { name, joined } = end
  useForgetOnceSeen(joined)
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

/** Good news is gone with the screen that it was seen on, or after a while of being seen; what failed stays until somebody has read it. */
function useForgetOnceSeen(isGood: boolean): void {
  const [path] = useLocation()
  const seenAt = useRef(path)
  useEffect(() => {
    if (isGood && path !== seenAt.current) forgetPairingEnd()
  }, [isGood, path])
  useEffect(() => {
    if (!isGood) return
    let seen = 0
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') seen += LOOK_MS
      if (seen >= SEEN_MS) forgetPairingEnd()
    }, LOOK_MS)
    return () => clearInterval(timer)
  }, [isGood])
}
