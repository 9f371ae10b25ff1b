import type { Snapshot } from '../live/state.ts'
import { ActivityList } from '../sections/activity.tsx'

export default function HealthScreen({ snapshot }: { snapshot: Snapshot }) {
  return <ActivityList snapshot={snapshot} />
}
