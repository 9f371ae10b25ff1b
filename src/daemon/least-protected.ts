import type { OpenFolder } from './folder-opener.ts'

type Kept = { keeping: Pick<NonNullable<OpenFolder['keeping']>, 'percent' | 'lost'> | null }

/** What is lost is not protected, though there is nothing to be waited for. */
export function percentOf(keeping: Kept['keeping']): number | null {
  const percent = keeping?.percent ?? null
  return percent === 100 && keeping!.lost > 0 ? 99.9 : percent
}

/** Of the folder that has least of its versions protected; null while that is known of none. */
export function leastProtected(folders: readonly Kept[]): number | null {
  const known = folders.map(({ keeping }) => percentOf(keeping)).filter((percent) => percent !== null)
  return known.length === 0 ? null : Math.min(...known)
}
