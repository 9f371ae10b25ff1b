import { HoldfastError, shellWord } from '#base'
import type { OutOfReach as Told, Problem, Remark } from '#api/contract'
import { OutOfReachError } from '#history'
import type { DeviceId } from '#model'
import { count } from '#sync'
import { isoTime, type BackendContext } from './backend-context.ts'
import type { OpenFolder } from './folder-opener.ts'
import type { OutOfReach } from './out-of-reach.ts'
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
    .map((all) => ({
      folder: name,
      reasonCode: 'out-of-reach',
      message: `${amount(all)} ${whereNow(all, membership.called())}`,
      hint: `${comeBack(all, membership)}; holdfast folder problems ${shellWord(name)} lists ${all.versions === 1 ? 'it' : 'them'}`,
    }))
}

/** The same path by path. */
export function reachProblems({ membership, reach, network }: ReachContext, { stored: { id, name } }: OpenFolder): Problem[] {
  const seen = new Map(network.devices().map(({ device, lastSeen }) => [device, lastSeen ?? 0]))
  return reach.of(id).flatMap((all) =>
    [...all.paths.values()].map(({ path, isFile, versions }): Problem => {
      const older = versions - (isFile ? 1 : 0)
      const parts = [...(isFile ? ['it'] : []), ...(older > 0 ? [count(older, 'older version', 'older versions')] : [])]
      const amount = { files: isFile ? 1 : 0, versions }
      return {
        folder: name,
        path,
        code: 'out-of-reach',
        message: `${parts.join(' and ')} ${whereNow({ ...all, ...amount }, membership.called())}`,
        hint: comeBack(all, membership),
        since: isoTime(Math.max(...all.devices.map((device) => seen.get(device) ?? 0))),
      }
    }),
  )
}

/** The same of one entry, that these have or may have. */
export function nowhereNow(
  { membership }: Pick<BackendContext, 'membership'>,
  found: Pick<OutOfReach, 'devices' | 'isSaid'>,
): { message: string; hint: string } {
  return { message: `It ${whereNow({ ...found, versions: 1 }, membership.called())}.`, hint: comeBack(found, membership) }
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
    const where = whereNow({ ...found, versions: 1 }, membership.called())
    return new HoldfastError('offline', `${error.message}: it ${where}`, { hint: comeBack(found, membership), cause: error })
  }
  if (!(error instanceof OutOfReachError)) return error
  return new HoldfastError(error.code, error.message, { hint: reachHint(context, folder.stored.name, path), cause: error })
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

/** `12 files and 3 older versions` */
function amount({ files, versions }: Pick<OutOfReach, 'files' | 'versions'>): string {
  const older = versions - files
  const parts = [
    ...(files > 0 ? [count(files, 'file', 'files')] : []),
    ...(older > 0 ? [count(older, 'older version', 'older versions')] : []),
  ]
  return parts.join(' and ')
}

/** `are on no device that is connected; attic, which is away, has them` */
function whereNow(
  { devices, isSaid, versions }: Pick<OutOfReach, 'devices' | 'isSaid' | 'versions'>,
  called: (device: DeviceId) => string,
): string {
  const names = devices.map(called).join(', ')
  const [is, them] = versions === 1 ? ['is', 'it'] : ['are', 'them']
  const away = devices.length === 1 ? 'which is away' : 'which are away'
  const have = isSaid ? (devices.length === 1 ? 'has' : 'have') : 'may have'
  return `${is} on no device that is connected; ${names}, ${away}, ${have} ${them}`
}

function comeBack(
  { devices }: Pick<OutOfReach, 'devices'>,
  membership: Pick<BackendContext['membership'], 'called' | 'reference'>,
): string {
  const gone = devices.length === 1 ? 'it is' : 'one is'
  const removal = `holdfast devices remove ${membership.reference(devices[0]!)} --dry-run tells what would go with it`
  return `start ${devices.map(membership.called()).join(', ')}; if ${gone} gone for good, ${removal}`
}
