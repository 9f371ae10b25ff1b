import type { Status } from '#api/contract'
import { when } from '../format.ts'

/** Another device took this one out of its group: without it the folders look as if all were well. */
export function Removal({ removed }: { removed: Status['removed'] }) {
  if (removed === null) return null
  return (
    <section className="notice" role="alert">
      <h2>
        {removed.name} removed this device from its group, {when(removed.time)}
      </h2>
      {removed.role === 'storage' ? (
        <p>
          It holds sealed blocks for that group. To be in it again: the command <code>holdfast invite --role storage</code> on one
          of its members, then <em>Enter a code</em> here. To give their room back for good: <code>holdfast gc --abandoned</code>.
        </p>
      ) : (
        <p>
          Its folders are no longer synced with that group. The files are still here. To be in the group again:{' '}
          <em>Add a device</em>, <em>Invite</em> on one of its devices, then <em>Enter a code</em> here. To go on alone: the
          command <code>holdfast leave</code>.
        </p>
      )}
    </section>
  )
}
