import type { Status } from '#api/contract'
import { when } from '../format.ts'
import { t, Text } from '../text/text.ts'

/** Another device took this one out of its group: without it the folders look as if all were well. */
export function Removal({ removed }: { removed: Status['removed'] }) {
  if (removed === null) return null
  return (
    <section className="notice" role="alert">
      <h2>{t('removal.title', { device: removed.name, time: when(removed.time) })}</h2>
      <p>
        <Text id={removed.role === 'storage' ? 'removal.storage' : 'removal.member'} />
      </p>
    </section>
  )
}
