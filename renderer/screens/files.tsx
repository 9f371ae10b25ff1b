import type { Snapshot } from '../live/state.ts'
import { Empty, Section } from '../parts/section.tsx'
import { t } from '../text/text.ts'

export default function FilesScreen({ snapshot }: { snapshot: Snapshot }) {
  return (
    <Section title={t('files.title')}>
      <Empty>{snapshot.folders.length}</Empty>
    </Section>
  )
}
