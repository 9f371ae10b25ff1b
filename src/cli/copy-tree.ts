import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { HoldfastError, Limiter, pathFault } from '#base'
import { getContent, type Client, type Transport } from '#api/client'
import type { ContentQuery, TreeItem } from '#api/contract'
import { makeDirectory, needEmpty, writeFileWhole, writeLink } from './local-files.ts'
import type { Output } from './output.ts'
import { whole } from './received.ts'
import { size } from './text.ts'

/** Files on their way at once. */
const PARALLEL = 4

export interface CopyOptions {
  /** Replaces what is there; what else is there stays. */
  force: boolean
  output: Output
}

/**
 * Copies what is at a path of a folder and below to `root`, which is made: permissions, times, and links as links. Nothing is written
 * outside of it, whatever names and links there are.
 */
export async function copyTree(
  { client, transport }: { client: Client; transport: Transport },
  query: ContentQuery,
  root: string,
  { force, output }: CopyOptions,
): Promise<{ entries: number; bytes: number }> {
  if (!force) await needEmpty(root)
  const directories: { place: string; mode: number }[] = []
  const total = { entries: 0, bytes: 0 }
  const places = new Places(root, query.path)
  const limiter = new Limiter(PARALLEL)
  try {
    for await (const page of pages(client, query)) {
      const writing: Promise<void>[] = []
      for (const item of page) {
        const { path, kind, mode, target, version } = item
        const place = await places.of(path)
        total.entries++
        total.bytes += item.size
        output.progress(`${total.entries} entries, ${size(total.bytes)}`)
        if (kind === 'directory') {
          await places.enter(place)
          directories.push({ place, mode })
        } else if (kind === 'symlink') await writeLink(place, target, force)
        else writing.push(limiter.run(() => copyFile(transport, { folder: query.folder, path, version }, place, force)))
      }
      for (const end of await Promise.allSettled(writing)) if (end.status === 'rejected') throw end.reason
    }
  } finally {
    output.endProgress()
  }
  if (total.entries === 0) await places.enter(root)
  // One that may not be written to gets its permissions when all is in it.
  for (const { place, mode } of directories.toReversed()) await chmod(place, mode)
  return total
}

/** Where entries come, with the directories on the way. */
class Places {
  readonly #root: string
  readonly #under: string
  readonly #entered = new Set<string>()

  constructor(root: string, under: string) {
    this.#root = root
    this.#under = under
  }

  async of(path: string): Promise<string> {
    const names = path === this.#under ? [] : path.slice(this.#under === '' ? 0 : this.#under.length + 1).split('/')
    if (names.some((name) => ['', '.', '..'].includes(name) || name.includes('\0')))
      throw new HoldfastError('denied', `${path} would lead out of ${this.#root}`)
    const fault = pathFault(names.join('/'))
    if (fault !== undefined)
      throw new HoldfastError('usage', `${path} cannot be written on this computer: ${fault}`, {
        hint: 'copy it on a computer with another system, or what is beside it here',
      })
    let place = this.#root
    for (const name of names) {
      await this.enter(place)
      place = join(place, name)
    }
    return place
  }

  /** Makes the directory unless it is there; a link that leads elsewhere is none. */
  async enter(directory: string): Promise<void> {
    if (!this.#entered.has(directory)) await makeDirectory(directory)
    this.#entered.add(directory)
  }
}

async function copyFile(transport: Transport, query: ContentQuery, place: string, force: boolean): Promise<void> {
  const content = await getContent(transport, query)
  await writeFileWhole(place, whole(content, query.path), { mode: content.mode, mtime: content.mtime, force })
}

async function* pages(client: Client, { folder, path, at, snapshot }: ContentQuery): AsyncGenerator<TreeItem[]> {
  for (let after = ''; ;) {
    const then = { ...(at !== undefined && { at }), ...(snapshot !== undefined && { snapshot }) }
    const page = await client.tree({ folder, path, after, ...then })
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last.path
  }
}
