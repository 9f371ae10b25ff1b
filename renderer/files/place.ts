import { useLocation, useSearchParams } from 'wouter'
import { filesAt, type FilesMore } from '../places.ts'

/** What the screen shows, as its address says. */
export interface FilesPlace {
  /** A folder's id. */
  folder: string
  /** '' is its root. */
  path: string
  at: string | undefined
  entry: string | undefined
  deleted: boolean
  find: string
}

export interface Going {
  place: FilesPlace
  /** Shows another one, which Back leads back from; `replace`: in the place of this one. */
  go: (to: FilesMore & { path?: string }, how?: { replace: boolean }) => void
  /** Its address; what of the place is not named stays. */
  hrefOf: (to: FilesMore & { path?: string }) => string
}

/** Where the screen is in a folder. What is not named when it goes elsewhere stays, but for what was chosen. */
export function useFilesPlace(folder: string): Going {
  const [params] = useSearchParams()
  const [, setLocation] = useLocation()
  const at = params.get('at')
  const place: FilesPlace = {
    folder,
    path: params.get('path') ?? '',
    at: at !== null && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : undefined,
    entry: params.get('entry') ?? undefined,
    deleted: params.get('deleted') === 'yes',
    find: params.get('find') ?? '',
  }
  const hrefOf = ({ path = place.path, ...more }: FilesMore & { path?: string }): string =>
    filesAt(folder, path, { at: place.at, deleted: place.deleted, ...more })
  return { place, hrefOf, go: (to, how) => setLocation(hrefOf(to), how) }
}
