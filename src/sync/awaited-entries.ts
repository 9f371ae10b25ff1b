import type { FolderIndex } from '#db'
import type { FolderDisk } from '#folder'
import { isLive, pathKey, type VersionId } from '#model'

/** Listed in one call. */
const PAGE = 1_000

export interface AwaitedEntry {
  path: string
  isDirectory: boolean
  /** Of a file, bytes. */
  size: number
  /** All versions that are known to be there. */
  heads: VersionId[]
}

/** The entries at and below a path of which this disk shows nothing yet and which are not ignored here. */
export async function awaitedEntries(
  { index, disk }: { index: Pick<FolderIndex, 'rows' | 'list'>; disk: Pick<FolderDisk, 'ignored'> },
  path: string,
): Promise<AwaitedEntry[]> {
  const awaited: AwaitedEntry[] = []
  const take = async (paths: readonly string[]): Promise<void> => {
    const absent: AwaitedEntry[] = []
    for (const { heads, shown } of await index.rows(paths)) {
      const head = heads.find(isLive)
      if (head === undefined || shown.length > 0) continue
      absent.push({
        path: head.path,
        isDirectory: heads.some(({ kind }) => kind === 'directory'),
        size: head.size,
        heads: heads.map(({ id }) => id),
      })
    }
    const isIgnored = absent.length === 0 ? [] : await disk.ignored(absent)
    awaited.push(...absent.filter((_, at) => isIgnored[at] !== true))
  }
  await take([path])
  for (let after = ''; ;) {
    const page = await index.list(path, after, PAGE)
    const pending = page.flatMap((entry) => (entry.state === 'pending' ? [entry.path] : []))
    await take(pending.filter((each) => pathKey(each) !== pathKey(path)))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return awaited
    after = last.path
  }
}
