import type { FolderHistory, RetainableRecord } from '#db'
import type { RetentionPolicy } from './policy.ts'
import { decide, type Protections } from './retention.ts'

/** What is to be retained of a folder's versions. */
export interface Retention {
  policy: RetentionPolicy
  protections: Protections
}

export interface ForgettingParts {
  index: Pick<FolderHistory, 'retainable' | 'forget' | 'remember'>
  retention: Retention
  /** Runs what changes which content is needed, while nobody looks at what it was before. */
  between<T>(work: () => Promise<T>): Promise<T>
  /** Called after each page, with where the next one begins; rejects to stop there. */
  page(next: number | null): Promise<void>
}

/**
 * Forgets what the policy does not retain, path by path, from the given one on; how many versions. What is forgotten stays so,
 * whatever the policy is later, but for what has been pinned or is in a snapshot since.
 */
export async function forget({ index, retention, between, page }: ForgettingParts, after = 0): Promise<number> {
  let count = 0
  for (let next: number | null = after; next !== null;) {
    const found = await index.retainable(next)
    const remembered = found.paths.flat().filter((version) => version.isForgotten && isProtected(version, retention.protections))
    if (remembered.length > 0) await between(() => index.remember(remembered.map(({ record }) => record)))
    const gone = found.paths.flatMap((versions) => forgotten(versions, retention))
    if (gone.length > 0) count += await index.forget(gone)
    next = found.next
    await page(next)
  }
  return count
}

function isProtected({ id }: RetainableRecord, { pins, snapshots }: Protections): boolean {
  return pins?.has(id) === true || (snapshots?.get(id) ?? []).length > 0
}

/** The records of those versions of a path that are to be forgotten. Those that are forgotten already have no say. */
function forgotten(versions: readonly RetainableRecord[], { policy, protections }: Retention): number[] {
  const known = versions.filter((version) => !version.isForgotten || isProtected(version, protections))
  return decide(policy, known, protections).forget.map(({ version }) => version.record)
}
