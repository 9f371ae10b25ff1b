import { ApiError } from '#api/client'
import { api } from '../live/api.ts'

/**
 * Makes a path again what it was before a version was written there, whatever that was. Resolves to false, and changes nothing, where
 * somebody has changed it since.
 */
export async function takeBackVersion({
  folder,
  path,
  version,
}: {
  folder: string
  path: string
  version: string
}): Promise<boolean> {
  const all = await api.versions({ folder, path })
  const current = all.filter((each) => each.current)
  const former = all[all.findIndex((each) => each.version === version) + 1]
  const wasThere = former !== undefined && former.kind !== 'tombstone'
  if (current.every(({ kind }) => kind === 'tombstone')) return !wasThere
  if (current.length > 1 || current[0]!.version !== version) return false
  if (wasThere) await api.restore({ folder, path, version: former.version })
  else await api.removeEntries({ folder, path }).catch(unlessGone)
  return true
}

/** What is gone already needs no deletion. */
export function unlessGone(error: unknown): null {
  if (error instanceof ApiError && error.code === 'not-found') return null
  throw error
}
