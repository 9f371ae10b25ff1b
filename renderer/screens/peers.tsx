import { useSearchParams } from 'wouter'
import type { Snapshot } from '../live/state.ts'
import { AddDevice } from '../sections/add-device.tsx'
import { Devices } from '../sections/devices.tsx'

/** `?join=CODE`: a link brought a code, which the form has then. */
export default function PeersScreen({ snapshot }: { snapshot: Snapshot }) {
  const [query, setQuery] = useSearchParams()
  const code = query.get('join')
  return (
    <>
      <Devices snapshot={snapshot} />
      <AddDevice snapshot={snapshot} code={code === '' ? null : code} joined={() => setQuery({}, { replace: true })} />
    </>
  )
}
