import type { BigIntStats } from 'node:fs'
import { open, readlink } from 'node:fs/promises'
import { microsecondsOf } from '#base'
import { ApiError, getContent, putContent, type Client, type Transport } from '#api/client'
import type { PutQuery, TreeItem, Written } from '#api/contract'

/** Entries that are remembered at most; what comes after them is put as if nothing were known of it. */
const MOST_KNOWN = 200_000
/** Times are rounded on the way to a disk and back, µs. */
const ROUNDED = 1

type Target = Pick<PutQuery, 'folder' | 'path'>

/** What a folder has at a path and below now, by path; nothing where there is nothing. */
export async function knownBelow(client: Client, { folder, path }: Target): Promise<ReadonlyMap<string, TreeItem>> {
  const known = new Map<string, TreeItem>()
  try {
    // At a path the list itself looks at the disk first.
    if (path === '') await client.scan({ folder })
    for (let after = ''; known.size < MOST_KNOWN;) {
      const page = await client.tree({ folder, path, after })
      const last = page.at(-1)
      if (last === undefined) break
      for (const item of page) known.set(item.path, item)
      after = last.path
    }
  } catch (error) {
    // Without a look nothing is known; why there can be none is told by what is put.
    if (!(error instanceof ApiError) || error.code === 'no-daemon') throw error
    return new Map()
  }
  return known
}

/** Microseconds since 1970. */
export function mtimeOf({ mtimeNs }: Pick<BigIntStats, 'mtimeNs'>): number {
  return microsecondsOf(mtimeNs)
}

/**
 * What a folder has of an entry just like the one at `place`, content included, which is compared and not believed by its time: `item` is what it had a while
 * ago, by records that say nothing of the disk, and so the daemon looks whether that stands there still. null where it is to be put, for it is another one, it
 * is not there, or that cannot be told.
 */
export async function unchanged(
  transport: Transport,
  item: TreeItem | undefined,
  { place, found, target }: { place: string; found: BigIntStats; target: Target },
): Promise<Written | null> {
  if (item === undefined || !isLike(item, found)) return null
  try {
    const now = await getContent(transport, { ...target, version: item.version })
    const isSame = found.isSymbolicLink() ? await isLinkTo(place, now.body) : await hasContent(place, now.body, now.size)
    return isSame ? await putContent(transport, { ...target, same: item.version }, '') : null
  } catch {
    // Whatever keeps it from being read is told when it is put.
    return null
  }
}

/** But for its content. */
function isLike({ kind, size, mode, mtime }: Pick<TreeItem, 'kind' | 'size' | 'mode' | 'mtime'>, found: BigIntStats): boolean {
  if (Math.abs(mtime - mtimeOf(found)) > ROUNDED) return false
  if (found.isSymbolicLink()) return kind === 'symlink'
  return kind === 'file' && found.isFile() && size === Number(found.size) && mode === (Number(found.mode) & 0o777)
}

async function isLinkTo(place: string, body: AsyncIterable<Uint8Array>): Promise<boolean> {
  return Buffer.concat(await Array.fromAsync(body)).equals(await readlink(place, 'buffer'))
}

async function hasContent(place: string, body: AsyncIterable<Uint8Array>, size: number): Promise<boolean> {
  const file = await open(place)
  try {
    let at = 0
    for await (const piece of body) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(piece.length), 0, piece.length, at)
      if (bytesRead < piece.length || Buffer.compare(buffer, piece) !== 0) return false
      at += piece.length
    }
    const { bytesRead } = await file.read(Buffer.allocUnsafe(1), 0, 1, at)
    return at === size && bytesRead === 0
  } finally {
    await file.close()
  }
}
