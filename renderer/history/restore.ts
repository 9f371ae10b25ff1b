import { ApiError, errorOf } from '#api/client'
import type { PastVersion } from '#api/contract'
import { takeBack, tellingOfChange, unlessGone } from '../files/take-back.ts'
import { api } from '../live/api.ts'
import { contentAddress } from '../preview/content.ts'
import { tell } from '../live/toasts.ts'
import { when } from '../format.ts'
import { quoted } from '../parts/shown-name.ts'
import { t } from '../text/text.ts'
import { copyName } from './copy-name.ts'
import { namesFor, onDisk } from './on-disk.ts'

export interface OfPath {
  /** Its id. */
  folder: string
  path: string
}

/**
 * Makes a path again what it was, and says how to undo that. `seen`: what was current when somebody chose; what was written since then is
 * a version, too, and that is said.
 */
export async function restoreHere({ folder, path }: OfPath, version: PastVersion, seen: readonly PastVersion[]): Promise<void> {
  const before = await api.versions({ folder, path })
  const current = before.filter((each) => each.current && each.kind !== 'tombstone')
  const since = current.find((each) => !seen.some((known) => known.version === each.version))
  const restored = await api.restore({ folder, path, version: version.version })
  const done = t('history.restored', { path: quoted(path), time: when(version.time) })
  const text = since === undefined ? done : `${done} ${t('history.restored.since', { device: since.by, time: when(since.time) })}`
  tell(text, async () => {
    const [former] = current
    await takeBack({ folder, path, version: restored.version }, former?.version ?? null).catch(tellingOfChange(path))
    tell(t(former === undefined ? 'history.undone.deleted' : 'history.undone', { path: quoted(path) }))
  })
}

/** Writes a version beside the file, under a name that is free as far as anybody knows; gives that path, in the folder. */
export async function restoreCopy(
  { folder, path, root }: OfPath & { root: string | null },
  version: Pick<PastVersion, 'version' | 'time' | 'by'>,
): Promise<string> {
  for (let count = 0; ; count++) {
    const name = copyName(path, version, count)
    const copy = root === null ? name : namesFor(root, name)
    try {
      if (root === null) await putCopy({ folder, path }, version.version, copy)
      else await api.restore({ folder, path, version: version.version, to: onDisk(root, copy) })
      return copy
    } catch (error) {
      if (count >= MOST_NAMES || (error as { code?: string }).code !== 'exists') throw error
    }
  }
}

const MOST_NAMES = 20

/** The same, said, with a way back. */
export async function tellCopy(of: OfPath & { root: string | null }, version: PastVersion): Promise<void> {
  const { folder } = of
  const copy = await restoreCopy(of, version)
  // What was written on the disk alone is a version once somebody has looked: this does, at that path.
  const [written] = await api.tree({ folder, path: copy }).catch(() => [])
  const undo = async (): Promise<void> => {
    await takeBack({ folder, path: copy, version: written!.version }, null).catch(tellingOfChange(copy))
    tell(t('history.undone.deleted', { path: quoted(copy) }))
  }
  tell(t('history.copied', { copy: quoted(copy) }), written === undefined ? null : undo)
}

/** A folder that has no files on this disk has none to write beside. Throws `exists` where something is there already. */
async function putCopy({ folder, path }: OfPath, version: string, copy: string): Promise<void> {
  const there = await api.versions({ folder, path: copy }).catch(unlessGone)
  if (there?.some(({ current, kind }) => current && kind !== 'tombstone') === true)
    throw new ApiError(409, 'exists', t('history.there', { path: quoted(copy) }), undefined)
  const content = await fetch(contentAddress({ folder, path, version }), { cache: 'no-store' })
  if (!content.ok) throw await errorOf(content)
  const query = new URLSearchParams({ folder, path: copy }).toString()
  const answer = await fetch(`/api/v1/content?${query}`, {
    method: 'PUT',
    headers: { 'x-holdfast': '1', 'content-type': 'application/octet-stream' },
    body: await content.blob(),
  })
  if (!answer.ok) throw await errorOf(answer)
}
