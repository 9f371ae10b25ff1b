import type { PairingEnd } from '#api/contract'
import { sentence } from '../format.ts'
import { forgetPairingEnd } from '../live/live.ts'

/** What came of a pairing that was on this screen, until somebody has read it. */
export function PairingEndNotice({ end }: { end: PairingEnd | null }) {
  if (end === null) return null
  const { name, joined, message, hint } = end
  return (
    <section className={joined ? 'notice' : 'notice failed'} role={joined ? 'status' : 'alert'}>
      <h2>{joined ? `Paired with ${name}` : `Not paired with ${name}`}</h2>
      {joined ? (
        <p>Folders that one of you shares are now offered to the other.</p>
      ) : (
        <p>
          {sentence(message ?? '')} Neither device has joined the other.{' '}
          {hint === null ? null : <span className="muted">{sentence(hint)}</span>}
        </p>
      )}
      <div className="actions">
        <button type="button" onClick={forgetPairingEnd}>
          OK
        </button>
      </div>
    </section>
  )
}
