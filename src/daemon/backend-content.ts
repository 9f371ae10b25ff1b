import { HoldfastError } from '#base'
import type { Backend } from '#api'
import type { Conflict } from '#api/contract'
import { parentPath } from '#model'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import { folderNames } from './backend-status.ts'
import type { OpenFolder } from './folder-opener.ts'
import { untilSynced } from './waiting.ts'

/** Entries listed in one answer at most. */
const MAX_LISTED = 100_000
const PAGE = 1_000

type ContentOperations = Pick<Backend, 'wait' | 'scan' | 'list' | 'conflicts' | 'resolveConflict'>

export function contentOperations(context: BackendContext): ContentOperations {
  const { registry, clock } = context
  const chosen = (folder: string | null | undefined): OpenFolder[] =>
    folder == null ? registry.folders : [registry.find(folder)]
  return {
    async wait({ folder, for: goal, timeoutSeconds }, signal) {
      if (goal === 'protected')
        throw new HoldfastError('unsupported', '`wait --for protected` is not in this version of Holdfast yet')
      const started = clock.monotonic()
      const timeout = new AbortController()
      const timer =
        timeoutSeconds === null
          ? null
          : clock.after(timeoutSeconds * 1000, () =>
              timeout.abort(
                new HoldfastError('timeout', `not synced after ${timeoutSeconds} s`, { hint: 'holdfast status tells why' }),
              ),
            )
      try {
        const folders = chosen(folder)
        for (const item of folders) await opened(item).scan()
        const both = AbortSignal.any([signal, timeout.signal])
        for (const item of folders) await untilSynced(context, item, both)
      } finally {
        timer?.cancel()
      }
      return { synced: true, seconds: since(started) }
    },
    async scan({ folder }) {
      const started = clock.monotonic()
      let changed = 0
      for (const item of chosen(folder)) changed += await opened(item).scan()
      return { changed, seconds: since(started) }
    },
    async list({ folder, path, recursive, deleted, at }) {
      if (deleted || at !== undefined)
        throw new HoldfastError('unsupported', 'listing deleted or earlier entries is not in this version of Holdfast yet')
      if (folder === undefined) {
        return registry.folders.map(({ stored }) => ({
          folder: stored.name,
          path: '',
          kind: 'directory',
          size: 0,
          modified: null,
          version: null,
          state: 'here',
        }))
      }
      const found = registry.find(folder)
      return listed(found, path.replace(/\/+$/, ''), recursive)
    },
    async conflicts({ folder }) {
      const all: Conflict[] = []
      for (const { stored, index } of chosen(folder)) {
        const conflicts = (await index?.conflicts()) ?? []
        all.push(
          ...conflicts.map((item) => ({
            folder: stored.name,
            path: item.path,
            with: item.with,
            device: item.device,
            time: isoTime(item.time),
          })),
        )
      }
      return all
    },
    async resolveConflict({ folder, path, keep }) {
      const found = registry.find(folder)
      await opened(found).actions.resolve(path, keep)
      return { folder: folderNames(context).get(found.stored.id) ?? found.stored.name, path }
    },
  }

  function since(started: number): number {
    return Math.round(clock.monotonic() - started) / 1000
  }
}

async function listed(
  { stored, index }: OpenFolder,
  under: string,
  recursive: boolean,
): Promise<Awaited<ReturnType<ContentOperations['list']>>> {
  if (index === null) return []
  const items: Awaited<ReturnType<ContentOperations['list']>> = []
  for (let after = ''; items.length < MAX_LISTED;) {
    const page = await index.list(under, after, PAGE)
    for (const { path, kind, size, modified, version, state } of page) {
      if (!recursive && path !== under && parentPath(path) !== under) continue
      items.push({
        folder: stored.name,
        path,
        kind,
        size,
        modified: isoTime(modified),
        version,
        state: state === 'pending' ? 'waiting' : stored.path === null ? 'elsewhere' : 'here',
      })
    }
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    after = last.path
  }
  if (items.length === 0 && under !== '') throw new HoldfastError('not-found', `there is no ${under} in ${stored.name}`)
  return items
}
