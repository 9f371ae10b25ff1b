import { createWriteStream } from 'node:fs'
import { mkdir, rm, utimes } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Backend } from '#api'
import type { ListItem } from '#api/contract'
import { HoldfastError, shellWord, toErrorShape } from '#base'
import type { Past, Which } from '#history'
import { parentPath, type Version } from '#model'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import type { OpenFolder } from './folder-opener.ts'

/** Entries listed in one answer at most. */
const MAX_LISTED = 100_000

type HistoryOperations = Pick<Backend, 'versions' | 'restore'>

export function historyOperations({ registry, membership }: BackendContext): HistoryOperations {
  return {
    async versions({ folder, path }) {
      const called = membership.called()
      const entries = await pastOf(registry.find(folder)).versions(path)
      return entries.map(({ time, isCurrent, isForgotten, ...entry }) => ({
        ...entry,
        by: called(entry.device),
        time: isoTime(time),
        current: isCurrent,
        forgotten: isForgotten,
      }))
    },
    async restore({ folder, path, version: id, at, to }, signal) {
      const found = registry.find(folder)
      const past = pastOf(found)
      if (id === undefined && at === undefined) {
        throw new HoldfastError('usage', 'say which version: --version or --at', {
          hint: `holdfast versions ${shellWord(`${found.stored.name}/${path}`)} lists them`,
        })
      }
      const which: Which = id === undefined ? { at: Date.parse(at!) } : { id }
      const chosen = await past.version(path, which)
      const { version } = chosen
      if (version.kind === 'tombstone') {
        throw new HoldfastError('not-found', `${version.path} was deleted then: there is nothing to restore`, {
          hint: `holdfast versions ${shellWord(`${found.stored.name}/${path}`)} lists the versions before`,
        })
      }
      if (to !== null) {
        await past.needContent(chosen, signal)
        await writeNew(past, version, to, signal)
        return { path: to, version: version.id }
      }
      await found.keeping?.holds.during(async () => {
        await past.needContent(chosen, signal)
        await opened(found).actions.restore(version.path, version.id)
      })
      const [now] = (await past.versions(path)).filter(({ isCurrent }) => isCurrent)
      return { path: version.path, version: now?.version ?? version.id }
    },
  }
}

export function pastOf(folder: OpenFolder): Past {
  opened(folder)
  return folder.keeping!.past
}

/** Writes a file's content to a path where nothing is; where that does not end well, nothing is left there. */
async function writeNew(past: Past, version: Version, to: string, signal: AbortSignal): Promise<void> {
  if (version.kind !== 'file') {
    throw new HoldfastError('usage', `${version.path} was a ${version.kind} then: only files can be written elsewhere`)
  }
  await mkdir(dirname(to), { recursive: true })
  const stream = createWriteStream(to, { flags: 'wx', mode: version.mode, flush: true })
  try {
    await pipeline(Readable.from(past.read(version, signal)), stream, { signal })
    await utimes(to, new Date(), new Date(version.mtime / 1000))
  } catch (error) {
    const { code, message, hint } = toErrorShape(error)
    if (code !== 'exists') await rm(to, { force: true })
    throw new HoldfastError(code, message, hint === undefined ? { cause: error } : { hint, cause: error })
  }
}

interface Then {
  under: string
  recursive: boolean
  /** Deleted ones, too. */
  deleted: boolean
  /** ms */
  at: number
}

/** What a folder showed at a time, in the form of a list of what it shows. */
export async function listedThen(folder: OpenFolder, { under, recursive, deleted, at }: Then): Promise<ListItem[]> {
  const past = pastOf(folder)
  const items: ListItem[] = []
  for await (const { version, isHead } of past.listAt(under, at)) {
    const { path, kind, size, mtime, id } = version
    if (kind === 'tombstone' && !deleted) continue
    if (!recursive && parentPath(path) !== under && !(path === under && kind !== 'directory')) continue
    items.push({
      folder: folder.stored.name,
      path,
      kind: kind === 'tombstone' ? 'file' : kind,
      size,
      modified: kind === 'directory' || kind === 'tombstone' ? null : isoTime(mtime / 1000),
      version: id,
      state: kind === 'tombstone' ? 'deleted' : isHead && folder.stored.path !== null ? 'here' : 'elsewhere',
    })
    if (items.length >= MAX_LISTED) break
  }
  return items
}
