import type { ListItem } from '#api/contract'
import { api } from '../live/api.ts'

/** What of a folder is listed. */
export interface Listed {
  folder: string
  /** '' is its root. */
  path: string
  /** As it was then, ISO 8601. */
  at: string | undefined
  /** With what was deleted. */
  deleted: boolean
}

/** As many as one sees at first, at once; then the rest in pages that are worth a request, and block nothing when they come. */
const FIRST = 200
const PAGE = 5_000

/** The entries of a directory, page by page; `recursive`: all below it, too. */
export async function* pagesOf(
  { folder, path, at, deleted }: Listed,
  signal: AbortSignal,
  { recursive = false, first = FIRST }: { recursive?: boolean; first?: number } = {},
): AsyncGenerator<ListItem[]> {
  let after = ''
  for (let limit = first; ; limit = PAGE) {
    const moment = at === undefined ? {} : { at }
    const page = await api.list({ folder, path, deleted, recursive, ...moment, after, limit }, { signal })
    yield page
    if (page.length < limit) return
    after = page.at(-1)?.path ?? ''
  }
}
