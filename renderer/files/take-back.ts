import { ApiError } from '#api/client'
import { api } from '../live/api.ts'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'

interface OfVersion {
  folder: string
  path: string
  /** What was written there. */
  version: string
}

/**
 * Makes a path again what it was before a version was written there: `former`, or (null) nothing. Resolves to false, and changes nothing,
 * where somebody has changed it since, or nobody knows what it was.
 */
export async function takeBackVersion(of: OfVersion, former: string | null | undefined): Promise<boolean> {
  if (former === undefined) return false
  try {
    await takeBack(of, former)
    return true
  } catch (error) {
    if (isChanged(error)) return false
    throw error
  }
}

/**
 * Puts `former` in place of a version at a path; null: nothing was there. Rejects, and changes nothing, where somebody has put another
 * one there since: the daemon looks, in the same step.
 */
export async function takeBack({ folder, path, version }: OfVersion, former: string | null): Promise<void> {
  if (former === null) await api.removeEntries({ folder, path, expected: version }).catch(unlessGone)
  else await api.restore({ folder, path, version: former, expected: version })
}

/** What is gone already needs no deletion. */
export function unlessGone(error: unknown): null {
  if (error instanceof ApiError && error.code === 'not-found') return null
  throw error
}

/** Says of a path that it was not undone since somebody has changed it, where that is why. */
export function tellingOfChange(path: string): (error: unknown) => never {
  return (error) => {
    throw isChanged(error) ? new Error(t('undo.changed', { path: quoted(path) }), { cause: error }) : error
  }
}

function isChanged(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'conflict'
}
