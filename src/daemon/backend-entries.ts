import type { Backend } from '#api'
import type { TreeItem } from '#api/contract'
import { HoldfastError, shellWord } from '#base'
import type { PastVersion } from '#db'
import type { Past } from '#history'
import { checkPath, isLive, type Version, type VersionId } from '#model'
import type { BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { pastOf } from './backend-history.ts'
import type { OpenFolder } from './folder-opener.ts'
import { momentRef } from './moment-ref.ts'
import { tellingWhoHas, withReach } from './reach-words.ts'
import { momentNamed } from './snapshot-named.ts'
import { versionThen } from './version-then.ts'

/** Entries in one answer. */
const PAGE = 1_000
/** Bytes of a symlink's target at most, as on most disks. */
const MAX_TARGET_BYTES = 4_095

type EntryOperations = Pick<Backend, 'tree' | 'removeEntries' | 'readContent' | 'writeContent'>

/** The folder as a store. */
export function entryOperations(context: BackendContext): EntryOperations {
  const { registry, logger } = context
  const { group } = context.network
  /** What was edited here a moment ago is told as well, if it can be looked at now. */
  const lookAt = async (folder: OpenFolder, path: string): Promise<void> => {
    checkPath(path)
    const looking = opened(folder).look([path])
    await looking.catch((error: unknown) => logger.debug({ error }, 'a path could not be looked at before it was read'))
  }
  return {
    async tree({ folder, path, at, snapshot, after }) {
      const found = registry.find(folder)
      const past = pastOf(found)
      const isNow = at === undefined && snapshot === undefined
      if (isNow && after === '' && path !== '') await lookAt(found, path)
      const items: TreeItem[] = []
      const then =
        snapshot === undefined
          ? past.listAt(path, at === undefined ? Infinity : Date.parse(at), after)
          : past.listThen(path, await momentNamed(group, found, snapshot), after)
      for await (const { version } of then) {
        if (isLive(version)) items.push(itemOf(version))
        if (items.length === PAGE) break
      }
      if (items.length === 0 && after === '' && path !== '') {
        // Why there is nothing.
        const { version } = isNow ? await past.current(path) : await versionThen(group, found, past, path, { at, snapshot })
        refuseDeleted(version, found)
      }
      return items
    },
    async removeEntries({ folder, path, recursive, expected }, signal) {
      if (expected === '')
        throw new HoldfastError('usage', 'where nothing is expected there is nothing to delete', { hint: 'leave it out' })
      const options = { recursive, expected: expected as VersionId | undefined }
      const { before, ...removed } = await opened(registry.find(folder)).actions.remove(path, options, signal)
      return { path, ...removed, before: momentRef(before) }
    },
    async readContent({ folder, path, version: id, at, snapshot }, signal) {
      const found = registry.find(folder)
      const past = pastOf(found)
      const isNow = id === undefined && at === undefined && snapshot === undefined
      if (isNow) await lookAt(found, path)
      const chosen = await (isNow
        ? nowAt(found, past, path)
        : id === undefined
          ? versionThen(group, found, past, path, { at, snapshot })
          : past.version(path, { id }))
      const { version } = chosen
      refuseDeleted(version, found)
      if (version.kind === 'directory')
        throw new HoldfastError('usage', `${path} is a directory`, {
          reason: 'is-directory',
          values: { path },
          hint: `holdfast get ${shellWord(`${found.stored.name}/${path}`)} DIRECTORY --recursive copies all that is in it`,
        })
      await withReach(context, found, version, () => past.needContent(chosen, signal))
      const target = Buffer.from(version.target)
      const isLink = version.kind === 'symlink'
      return {
        ...itemOf(version),
        size: isLink ? target.length : version.size,
        read: (range, ended) =>
          isLink
            ? one(target.subarray(range.start, range.end))
            : tellingWhoHas(context, found, version, past.read(version, ended, range)),
      }
    },
    async writeContent({ folder, path, kind, mode, mtime, same }, content, signal) {
      const { actions } = opened(registry.find(folder))
      if (same !== undefined) return await actions.put(path, { kind: 'same', version: same as VersionId }, signal)
      switch (kind) {
        case 'file':
          return await actions.put(path, { kind, content, mode, mtime }, signal)
        case 'directory':
          return await actions.put(path, { kind, mode }, signal)
        case 'symlink':
          return await actions.put(path, { kind, target: await targetOf(content), mtime }, signal)
      }
    },
  }
}

/** What is at a path now; a version in conflict also by the name that it has beside the other. */
async function nowAt({ index }: OpenFolder, past: Past, path: string): Promise<PastVersion> {
  const conflict = (await index?.conflicts())?.find((item) => item.with === path)
  const [row] = conflict === undefined ? [] : ((await index?.rows([conflict.path])) ?? [])
  const id = row?.shown.find((entry) => entry.path === path)?.version?.id
  return id === undefined ? await past.current(path) : await past.version(row!.path, { id })
}

function itemOf({ path, kind, size, mode, mtime, id: version, target }: Version): TreeItem {
  return { path, kind: kind === 'tombstone' ? 'file' : kind, size, mode, mtime, version, target }
}

function refuseDeleted(version: Version, { stored: { name } }: OpenFolder): void {
  if (isLive(version)) return
  throw new HoldfastError('not-found', `${version.path} was deleted then: it has no content`, {
    reason: 'deleted-then',
    values: { path: version.path },
    hint: `holdfast versions ${shellWord(`${name}/${version.path}`)} lists the versions before`,
  })
}

async function targetOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of content) {
    bytes += piece.length
    if (bytes > MAX_TARGET_BYTES) throw new HoldfastError('usage', `a symlink's target has at most ${MAX_TARGET_BYTES} bytes`)
    pieces.push(piece)
  }
  const target = Buffer.concat(pieces)
  const text = target.toString()
  if (bytes > 0 && !text.includes('\0') && target.equals(Buffer.from(text))) return text
  throw new HoldfastError('usage', "a symlink's target is valid Unicode without NUL, and not empty")
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
