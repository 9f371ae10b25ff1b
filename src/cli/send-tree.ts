import { createReadStream, type BigIntStats } from 'node:fs'
import { lstat, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { HoldfastError, Limiter } from '#base'
import { putContent, type Client, type Transport } from '#api/client'
import type { PutQuery, Written } from '#api/contract'
import { failureOf } from './failure.ts'
import type { Output } from './output.ts'
import { progressBar, size } from './text.ts'
import { knownBelow, mtimeOf, unchanged } from './unchanged.ts'

/** Files on their way at once: those that come together share a look at the disk. */
const PARALLEL = 32
/** Holdfast's own directory in a shared folder: not the user's, and not copied. */
const OWN = '.holdfast'
const ROOT: Written = { path: '', version: null, bytes: 0 }

interface Sent extends Written {
  entries: number
  /** Of them files and links that were there just so, and were left. */
  unchanged: number
}

/**
 * Puts what is in a directory into a folder at a path, which becomes a directory: permissions, times of files, and links as links. What is there just so
 * is left, by its content. What cannot be put is named on stderr while all else is; then the first failure is thrown.
 */
export async function sendTree(
  { client, transport }: { client: Client; transport: Transport },
  root: string,
  { folder, path: under }: Pick<PutQuery, 'folder' | 'path'>,
  output: Output,
): Promise<Sent> {
  const limiter = new Limiter(PARALLEL)
  const failures: unknown[] = []
  const total = { entries: 0, bytes: 0, unchanged: 0 }
  const all = output.showsProgress ? (await countBelow(root)) + (under === '' ? 0 : 1) : 0
  const known = await knownBelow(client, { folder, path: under })
  const send = async (path: string, put: () => Promise<Written>): Promise<Written | null> => {
    try {
      const written = await put()
      total.entries++
      total.bytes += written.bytes
      output.progress(
        `${progressBar(total.entries / all)} ${total.entries} of ${all} entries, ${size(total.bytes)}, ${total.unchanged} unchanged`,
      )
      return written
    } catch (error) {
      failures.push(error)
      output.note(`${path}: ${failureOf(error).message}`)
      return null
    }
  }
  const sendChanged = async (place: string, found: BigIntStats, path: string): Promise<Written> => {
    const target = { folder, path }
    const same = await unchanged(transport, known.get(path), { place, found, target })
    if (same !== null) total.unchanged++
    return same ?? (await sendEntry(transport, place, found, target))
  }
  const visit = async (directory: string, at: string): Promise<Written | null> => {
    const { mode } = await lstat(directory)
    const query = { folder, path: at, kind: 'directory', mode: mode & 0o777 } as const
    const made = at === '' ? ROOT : await send(at, () => putContent(transport, query, ''))
    if (made === null) return null
    const files: Promise<unknown>[] = []
    const below: (() => Promise<unknown>)[] = []
    for (const name of (await readdir(directory)).toSorted()) {
      if (name === OWN) continue
      const place = join(directory, name)
      const path = at === '' ? name : `${at}/${name}`
      const found = await lstat(place, { bigint: true })
      if (found.isDirectory()) below.push(() => visit(place, path))
      else files.push(limiter.run(() => send(path, () => sendChanged(place, found, path))))
    }
    await Promise.all(files)
    for (const go of below) await go()
    return made
  }
  const made = await visit(root, under).finally(() => output.endProgress())
  const [first] = failures
  const { path, version } = made ?? ROOT
  if (first === undefined) return { path, version, ...total }
  const { code, message, hint } = failureOf(first)
  if (failures.length === 1) throw first
  throw new HoldfastError(code, `${failures.length} entries were not put, first: ${message}`, { hint, cause: first })
}

async function sendEntry(
  transport: Transport,
  place: string,
  found: BigIntStats,
  target: Pick<PutQuery, 'folder' | 'path'>,
): Promise<Written> {
  const mtime = mtimeOf(found)
  if (found.isSymbolicLink()) return await putContent(transport, { ...target, kind: 'symlink', mtime }, await readlink(place))
  if (!found.isFile()) throw new HoldfastError('usage', `${place} is neither a file nor a directory nor a symlink`)
  const source = Readable.toWeb(createReadStream(place)) as ReadableStream<Uint8Array>
  return await putContent(transport, { ...target, mode: Number(found.mode) & 0o777, mtime }, source)
}

/** Entries in a directory and below. */
async function countBelow(root: string): Promise<number> {
  let count = 0
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (entry.name === OWN) continue
    count += 1 + (entry.isDirectory() ? await countBelow(join(root, entry.name)) : 0)
  }
  return count
}
