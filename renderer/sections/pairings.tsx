import type { Pairing } from '#api/contract'
import { api } from '../live/api.ts'
import type { Snapshot } from '../live/state.ts'
import { digitGroups } from '../format.ts'
import { ActionButton } from '../parts/action.tsx'
import { namesIn } from '../parts/names.ts'

/** Pairings that wait for somebody: above everything else, since another person may be waiting at the other screen. */
export function Pairings({ snapshot }: { snapshot: Snapshot }) {
  const called = namesIn(snapshot)
  return snapshot.pairings.map((pairing) => <PairingCard key={pairing.device} pairing={pairing} name={called(pairing.device)} />)
}

function PairingCard({ pairing, name }: { pairing: Pairing; name: string }) {
  const { device, digits, incoming, acceptedHere, acceptedThere } = pairing
  return (
    <section className="pairing" aria-label={`Pairing with ${name}`} role="alertdialog">
      <div>
        <h2>{incoming ? `${name} wants to pair with this device` : `Pair with ${name}?`}</h2>
        <p>Look at the screen of {name}: does it show the same six digits?</p>
        {acceptedThere && !acceptedHere ? <p>{name} has said yes already.</p> : null}
      </div>
      <p className="digits">{digitGroups(digits)}</p>
      <div className="actions">
        {acceptedHere ? (
          <p role="status">Waiting for {name} to accept…</p>
        ) : (
          <>
            <ActionButton primary run={() => api.acceptPairing({ device, digits })}>
              They are the same
            </ActionButton>
            <ActionButton run={() => api.refusePairing({ device, reason: 'differ' })}>They differ</ActionButton>
          </>
        )}
        <ActionButton run={() => api.refusePairing({ device })}>{incoming ? 'Refuse' : 'Cancel'}</ActionButton>
      </div>
    </section>
  )
}
