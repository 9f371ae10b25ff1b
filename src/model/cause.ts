import { toHex } from './ids.ts'
import { isLive, type VersionBody } from './version.ts'

/**
 * Why a version was written, as far as it tells: what stood before it at the path. `restored`: the content of an earlier version, not of the
 * last one; whether somebody restored that or wrote the same again, no version tells.
 */
export type Cause = 'added' | 'edited' | 'deleted' | 'restored'

/** What a version shows on a disk, times and permissions aside. */
export type Shown = Pick<VersionBody, 'kind' | 'target' | 'size' | 'manifest' | 'chunks'>

/** Of each version of a path; the newest (by precedence) is the first in both lists. */
export function causesOf(versions: readonly Shown[]): Cause[] {
  const met = new Set<string>()
  let before: string | null = null
  const causes = versions.toReversed().map((version): Cause => {
    const content = contentOf(version)
    // The same again under another time or with other permissions brings nothing back.
    const comesBack = content !== null && content !== before && met.has(content)
    const cause = content === null ? 'deleted' : comesBack ? 'restored' : before === null ? 'added' : 'edited'
    if (content !== null) met.add(content)
    before = content
    return cause
  })
  return causes.toReversed()
}

/** The same for versions that show the same on a disk (see sameContent); null for deletions. */
function contentOf(version: Shown): string | null {
  if (!isLive(version)) return null
  const { kind, target, size, manifest, chunks } = version
  return `${kind} ${size} ${manifest} ${toHex(chunks)} ${target}`
}
