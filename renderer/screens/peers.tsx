import type { Snapshot } from '../live/state.ts'
import { AddDevice } from '../sections/add-device.tsx'
import { Devices } from '../sections/devices.tsx'

export default function PeersScreen({ snapshot }: { snapshot: Snapshot }) {
  return (
    <>
      <Devices snapshot={snapshot} />
      <AddDevice snapshot={snapshot} />
    </>
  )
}
