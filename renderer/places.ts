/** The addresses of the UI: what they show is in them, so that a link, a new tab or Back shows it again. Folders go by their ids. */

function at(path: string, query: Record<string, string | undefined>): string {
  const entries = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
  const search = new URLSearchParams(entries).toString()
  return search === '' ? path : `${path}?${search}`
}

/** A folder's card, with its drawer open at a tab. */
export function folderAt(folder: string, tab?: 'overview' | 'sharing' | 'ignore' | 'versions' | 'problems'): string {
  return at('/', { folder, tab })
}

/** Folders, with what shares another one open; `path`: of the directory, where that is known; `dropped`: else its name. */
export function shareAt(path = '', dropped = ''): string {
  return at('/', { share: 'yes', path, dropped })
}

/**
 * A directory in a folder (`path` without a slash at its end); `at`: as it was at that time, ISO 8601; `entry`: the name of what is chosen
 * there; `deleted`: with what was deleted; `find`: what is looked for.
 */
export function filesAt(folder: string, path = '', more: FilesMore = {}): string {
  const { deleted, ...others } = more
  return at('/files', { folder, path, deleted: deleted === true ? 'yes' : '', ...others })
}

export interface FilesMore {
  at?: string | undefined
  entry?: string | undefined
  deleted?: boolean
  find?: string | undefined
}

/** The folders whose files can be looked at. */
export function filesOfAll(): string {
  return at('/files', { choose: 'yes' })
}

/**
 * What changed in a folder, at a path and below; `version`: one that is shown. More: `file`: the path that `version` is of, where that is
 * below; `device`: only what that one wrote; `until`: only what was before that time, ISO 8601; `compare`: a version to compare with.
 */
export function historyAt(folder: string, path = '', version?: string, more: HistoryMore = {}): string {
  return at('/history', { folder, path, version, ...more })
}

export interface HistoryMore {
  file?: string | undefined
  device?: string | undefined
  until?: string | undefined
  compare?: string | undefined
}

/** The ways to a further device, open. */
export const ADD_DEVICE = '/peers?add=device'

/** The same, with an invitation for a device that only stores. */
export const ADD_STORAGE = '/peers?add=storage'

export function conflictsAt(folder?: string, path?: string): string {
  return at('/conflicts', { folder, path })
}
