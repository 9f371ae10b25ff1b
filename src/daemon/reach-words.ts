import { HoldfastError, shellWord } from '#base'
import type { OutOfReach as Told, Problem, Remark } from '#api/contract'
import { OutOfReachError } from '#history'
import type { DeviceId } from '#model'
import { count } from '#sync'
import { isoTime, type BackendContext } from './backend-context.ts'
import type { OpenFolder } from './folder-opener.ts'
import type { OutOfReach } from './out-of-reach.ts'
import { remark, whereNow } from './remarks.ts'
import { reachHint, type ReachHintContext } from './reach-hint.ts'

/** So much is told in sentences: the most first. */
const TOLD = 3

type ReachContext = Pick<BackendContext, 'membership'> & {
  network: Pick<BackendContext['network'], 'devices'>
  reach: Pick<BackendContext['reach'], 'of' | 'whoHas'>
}

/** What of a folder only devices have that are away. */
export function outOfReachIn({ membership, reach }: ReachContext, { stored }: Pick<OpenFolder, 'stored'>): Told[] {
  const called = membership.called()
  return reach.of(stored.id).map(({ devices, isSaid, files, versions }) => ({
    devices: devices.map((device) => ({ device, name: called(device) })),
    said: isSaid,
    files,
    versions,
  }))
}

/** The same in sentences, with what to do. */
export function reachNotes({ membership, reach }: ReachContext, { stored: { id, name } }: Pick<OpenFolder, 'stored'>): Remark[] {
  return reach
    .of(id)
    .slice(0, TOLD)
    .map((all) => {
      const { files, versions } = all
      const hint = `${comeBack(all, membership)}; holdfast folder problems ${shellWord(name)} lists ${versions === 1 ? 'it' : 'them'}`
      return remark(name, 'out-of-reach', { ...awayOf(all, membership.called()), files, versions }, hint)
    })
}

/** The same path by path. */
export function reachProblems({ membership, reach, network }: ReachContext, { stored: { id, name } }: OpenFolder): Problem[] {
  const seen = new Map(network.devices().map(({ device, lastSeen }) => [device, lastSeen ?? 0]))
  return reach.of(id).flatMap((all) =>
    [...all.paths.values()].map(({ path, isFile, versions }): Problem => {
      const older = versions - (isFile ? 1 : 0)
      const parts = [...(isFile ? ['it'] : []), ...(older > 0 ? [count(older, 'older version', 'older versions')] : [])]
      const away = awayOf(all, membership.called())
      return {
        folder: name,
        path,
        code: 'out-of-reach',
        message: `${parts.join(' and ')} ${whereNow({ ...away, versions })}`,
        hint: comeBack(all, membership),
        values: { ...away, files: isFile ? 1 : 0, versions },
        since: isoTime(Math.max(...all.devices.map((device) => seen.get(device) ?? 0))),
      }
    }),
  )
}

/** The same of one entry, that these have or may have. */
export function nowhereNow(
  { membership }: Pick<BackendContext, 'membership'>,
  found: Pick<OutOfReach, 'devices' | 'isSaid'>,
): { message: string; hint: string; values: ReturnType<typeof awayOf> } {
  const values = awayOf(found, membership.called())
  return { message: `It ${whereNow({ ...values, versions: 1 })}.`, hint: comeBack(found, membership), values }
}

/** What kept a version from being read, with what helps: the devices that have it and are away, where it is known which, else whom to connect. */
export async function toldWhoHas(
  context: ReachContext & ReachHintContext,
  folder: Pick<OpenFolder, 'stored'>,
  { path, id }: { path: string; id: string },
  error: unknown,
): Promise<unknown> {
  const { membership, reach } = context
  if (!(error instanceof HoldfastError) || error.code !== 'offline') return error
  const found = await reach.whoHas(folder as OpenFolder, path, id).catch(() => null)
  if (found !== null && found.devices.length > 0) {
    const away = awayOf(found, membership.called())
    const where = whereNow({ ...away, versions: 1 })
    return new HoldfastError('offline', `${error.message}: it ${where}`, {
      reason: 'content-away',
      values: { path, ...away },
      hint: comeBack(found, membership),
      cause: error,
    })
  }
  if (!(error instanceof OutOfReachError)) return error
  return new HoldfastError(error.code, error.message, {
    ...error.told,
    hint: reachHint(context, folder.stored.name, path),
    cause: error,
  })
}

/** Does something that needs a version's content; fails as `toldWhoHas` tells. */
export async function withReach<T>(
  context: ReachContext & ReachHintContext,
  folder: Pick<OpenFolder, 'stored'>,
  version: { path: string; id: string },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw await toldWhoHas(context, folder, version, error)
  }
}

/** The pieces of a version's content; fails as `toldWhoHas` tells. */
export async function* tellingWhoHas(
  context: ReachContext & ReachHintContext,
  folder: OpenFolder,
  version: { path: string; id: string },
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces
  } catch (error) {
    throw await toldWhoHas(context, folder, version, error)
  }
}

/** Who is away that has something, in words. */
function awayOf(
  { devices, isSaid }: Pick<OutOfReach, 'devices' | 'isSaid'>,
  called: (device: DeviceId) => string,
): { devices: string; number: number; said: 'yes' | 'no' } {
  return { devices: devices.map(called).join(', '), number: devices.length, said: isSaid ? 'yes' : 'no' }
}

function comeBack(
  { devices }: Pick<OutOfReach, 'devices'>,
  membership: Pick<BackendContext['membership'], 'called' | 'reference'>,
): string {
  const gone = devices.length === 1 ? 'it is' : 'one is'
  const removal = `holdfast devices remove ${membership.reference(devices[0]!)} --dry-run tells what would go with it`
  return `start ${devices.map(membership.called()).join(', ')}; if ${gone} gone for good, ${removal}`
}
