import { HoldfastError, shellWord } from '#base'
import { OutOfReachError } from '#history'
import type { BackendContext } from './backend-context.ts'

/** Devices named in one sentence. */
const NAMED = 3

interface ReachContext {
  network: {
    readonly group: Pick<BackendContext['network']['group'], 'device' | 'state'>
    peers(): readonly { device: string }[]
  }
  membership: Pick<BackendContext['membership'], 'called'>
}

/** What helps where content is on no device that is connected: one that is not, or, where there is none, another version. */
export function reachHint({ network, membership }: ReachContext, folder: string, path: string): string {
  const { device: own, state } = network.group
  const here = new Set<string>([own, ...network.peers().map(({ device }) => device)])
  const away = state.devices.flatMap(({ device }) => (here.has(device) ? [] : [device]))
  const others = `holdfast versions ${shellWord(`${folder}/${path}`)} shows which versions can be had`
  if (state.devices.length === 1)
    return `this device is alone in its group: what is not here comes back only with a disk or a device that had it; ${others}`
  if (away.length === 0) return `all devices of the group are connected, and have it not; ${others}`
  const names = away.slice(0, NAMED).map(membership.called())
  const more = away.length > NAMED ? ` and ${away.length - NAMED} more` : ''
  return `connect a device that may have it (${names.join(', ')}${more} ${away.length === 1 ? 'is' : 'are'} not connected), or: ${others}`
}

/** Is it, or comes from it, that content that was wanted is on no device that is connected? */
export function isOutOfReach(error: unknown): boolean {
  return error instanceof OutOfReachError || (error instanceof HoldfastError && error.cause instanceof OutOfReachError)
}

/** Does something that needs content of a path; where that cannot be had it rejects with what helps. */
export async function withReach<T>(context: ReachContext, folder: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof OutOfReachError)) throw error
    throw new HoldfastError(error.code, error.message, { hint: reachHint(context, folder, path), cause: error })
  }
}
