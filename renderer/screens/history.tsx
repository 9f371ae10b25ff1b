import type { Snapshot } from '../live/state.ts'
import { Empty, Section } from '../parts/section.tsx'
import { t } from '../text/text.ts'

export default function HistoryScreen({ snapshot }: { snapshot: Snapshot }) {
  return (
    <Section title={t('history.title')}>
      <Empty>{snapshot.folders.length}</Empty>
    </Section>
  )
}
