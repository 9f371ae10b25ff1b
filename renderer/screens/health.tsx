import { Charts } from '../health/charts.tsx'
import { Checks } from '../health/checks.tsx'
import { SafetySection } from '../health/safety-section.tsx'
import { SpaceSection } from '../health/space.tsx'
import { UpkeepSection } from '../health/upkeep.tsx'
import type { Snapshot } from '../live/state.ts'
import { ActivityList } from '../sections/activity.tsx'

export default function HealthScreen({ snapshot }: { snapshot: Snapshot }) {
  return (
    <>
      <Checks snapshot={snapshot} />
      <Charts />
      <SafetySection snapshot={snapshot} />
      <SpaceSection />
      <UpkeepSection snapshot={snapshot} />
      <ActivityList snapshot={snapshot} />
    </>
  )
}
