import { useSearchParams } from 'wouter'
import type { Snapshot } from '../live/state.ts'
import { AddDevice } from '../sections/add-device.tsx'
import { Devices } from '../sections/devices.tsx'

/** `?add=device`: the ways to one are open; `?add=storage`: to one that only stores; `?join=CODE`: a link brought a code, which the form has then. */
export default function PeersScreen({ snapshot }: { snapshot: Snapshot }) {
  const [query, setQuery] = useSearchParams()
  const code = query.get('join')
  return (
    <>
      <Devices snapshot={snapshot} />
      <AddDevice
        snapshot={snapshot}
        key={query.get('add')}
        isWanted={query.has('add')}
        role={query.get('add') === 'storage' ? 'storage' : 'member'}
        code={code === '' ? null : code}
        joined={() => setQuery({}, { replace: true })}
      />
    </>
  )
}
