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

/** Folders, with what shares another one open; `path`: of the directory, where that is known. */
export function shareAt(path = ''): string {
  return at('/', { share: 'yes', path })
}

/** A directory in a folder (`path` without a slash at its end); `then`: as it was at that time, ISO 8601; `entry`: the name of what is chosen there. */
export function filesAt(folder: string, path = '', more: { then?: string; entry?: string } = {}): string {
  return at('/files', { folder, path, ...more })
}

/** What changed in a folder, at a path and below; `version`: one that is shown. */
export function historyAt(folder: string, path = '', version?: string): string {
  return at('/history', { folder, path, version })
}

export function conflictsAt(folder?: string, path?: string): string {
  return at('/conflicts', { folder, path })
}
