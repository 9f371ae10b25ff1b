import type { FolderHistory } from '#db'
import { judge, type FolderRetention } from './folder-retention.ts'

export interface ForgettingParts {
  index: Pick<FolderHistory, 'retainable' | 'forget' | 'remember'>
  retention: FolderRetention
  /** The time of the decision, ms. */
  now: number
  /** Nothing is changed. */
  isDry?: boolean
  /** Runs what changes which content is needed, while nobody looks at what it was before. */
  between<T>(work: () => Promise<T>): Promise<T>
  /** Called after each page, with where the next one begins; rejects to stop there. */
  page(next: number | null): Promise<void>
}

/**
 * Forgets what the policy does not retain, path by path, from the given one on; how many versions. What is forgotten stays so,
 * whatever the policy is later, but for what has been pinned or is in a snapshot since.
 */
export async function forget(
  { index, retention, now, isDry = false, between, page }: ForgettingParts,
  after = 0,
): Promise<number> {
  let count = 0
  for (let next: number | null = after; next !== null;) {
    const found = await index.retainable(next)
    const decisions = found.paths.map((versions) => judge(retention, versions, now))
    next = found.next
    const gone = decisions.flatMap(({ forget: forgotten }) => forgotten.map(({ version }) => version.past.record))
    if (isDry) {
      count += gone.length
      await page(next)
      continue
    }
    const kept = decisions.flatMap(({ keep }) => keep.map(({ version }) => version.past))
    const remembered = kept.filter(({ isForgotten, isLost }) => isForgotten && isLost !== true)
    if (remembered.length > 0) await between(() => index.remember(remembered.map(({ record }) => record)))
    if (gone.length > 0) count += await index.forget(gone)
    await page(next)
  }
  return count
}
