import { HoldfastError, shellWord } from '#base'
import type { PastVersion } from '#db'
import type { Past } from '#history'
import { pathKey } from '#model'
import type { Group } from '#peers'
import type { OpenFolder } from './folder-opener.ts'
import { momentNamed } from './snapshot-named.ts'

/** Digits of an id that are shown. */
const SHOWN_DIGITS = 12

/** A time (ISO), the name of a snapshot, or what may be either. */
export interface Then {
  at?: string | undefined
  snapshot?: string | undefined
}

/**
 * What a path was at a time, or in a snapshot. Where both are said a snapshot may have that time for its name: then they have to mean the same
 * version, else it throws `usage`. Throws `not-found` where the path was nothing then, or there is no such snapshot.
 */
export async function versionThen(
  group: Pick<Group, 'state'>,
  found: OpenFolder,
  past: Pick<Past, 'version' | 'listThen'>,
  path: string,
  { at, snapshot }: Then,
): Promise<PastVersion> {
  const atTime = async (): Promise<PastVersion> => past.version(path, { at: Date.parse(at!) })
  if (snapshot === undefined) return await atTime()
  if (at === undefined) return await inSnapshot(group, found, past, path, snapshot)
  if (!group.state.properties(found.stored.id).snapshots.some(({ name }) => name === snapshot)) return await atTime()
  const shown = await inSnapshot(group, found, past, path, snapshot).catch(orNull)
  const then = await atTime().catch(orNull)
  if (shown !== null && (then === null || then.version.id === shown.version.id)) return shown
  if (shown === null && then === null) return await atTime()
  const target = shellWord(`${found.stored.name}/${path}`)
  const digits = (version: PastVersion): string => version.version.id.slice(0, SHOWN_DIGITS)
  const what = shown === null ? 'that does not show it' : `which shows version ${digits(shown)}`
  throw new HoldfastError(
    'usage',
    `${snapshot} is a time, at which ${path} was version ${digits(then!)}, and the name of a snapshot, ${what}`,
    { hint: `say which version is meant: --version ${digits(shown ?? then!)}; holdfast versions ${target} lists them` },
  )
}

async function inSnapshot(
  group: Pick<Group, 'state'>,
  found: OpenFolder,
  past: Pick<Past, 'version' | 'listThen'>,
  path: string,
  name: string,
): Promise<PastVersion> {
  const moment = await momentNamed(group, found, name)
  for await (const shown of past.listThen(path, moment)) {
    if (pathKey(shown.version.path) === pathKey(path)) return shown
    // What is below comes after it.
    break
  }
  // Why there is nothing.
  await past.version(path, { at: Infinity })
  const folder = shellWord(found.stored.name)
  throw new HoldfastError('not-found', `the snapshot ${name} of ${found.stored.name} does not show ${path}`, {
    hint: `holdfast ls ${folder} --at ${shellWord(name)} --recursive lists what it shows, holdfast versions ${shellWord(`${found.stored.name}/${path}`)} what the path was at other times`,
  })
}

function orNull(error: unknown): null {
  if (error instanceof HoldfastError && error.code === 'not-found') return null
  throw error
}
