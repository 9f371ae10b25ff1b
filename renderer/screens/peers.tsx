import { useSearchParams } from 'wouter'
import type { Snapshot } from '../live/state.ts'
import { AddDevice } from '../sections/add-device.tsx'
import { Devices } from '../sections/devices.tsx'

/** `?add=device`: the ways to one are open; `?join=CODE`: a link brought a code, which the form has then. */
export default function PeersScreen({ snapshot }: { snapshot: Snapshot }) {
  const [query, setQuery] = useSearchParams()
  const code = query.get('join')
  return (
    <>
      <Devices snapshot={snapshot} />
      <AddDevice
        snapshot={snapshot}
        isWanted={query.has('add')}
        code={code === '' ? null : code}
        joined={() => setQuery({}, { replace: true })}
      />
    </>
  )
}
