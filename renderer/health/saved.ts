import type { Space } from '#api/contract'

/** What the store is spared: what files and versions are long in all, beside what their blocks take. 0 where that is more. */
export function savedBytes({
  liveBytes,
  versionBytes,
  storedBytes,
}: Pick<Space, 'liveBytes' | 'versionBytes' | 'storedBytes'>): number {
  return Math.max(0, liveBytes + versionBytes - storedBytes)
}
