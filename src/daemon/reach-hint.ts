import { HoldfastError, shellWord } from '#base'
import { OutOfReachError } from '#history'
import type { BackendContext } from './backend-context.ts'

/** Devices named in one sentence. */
const NAMED = 3

export interface ReachHintContext {
  network: {
    readonly group: Pick<BackendContext['network']['group'], 'device' | 'state'>
    peers(): readonly { device: string }[]
  }
  membership: Pick<BackendContext['membership'], 'called'>
}

/** What helps where content is on no device that is connected: one that is not, or, where there is none, another version. */
export function reachHint({ network, membership }: ReachHintContext, folder: string, path: string): string {
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
  return (
    error instanceof OutOfReachError || (error instanceof HoldfastError && error.cause !== error && isOutOfReach(error.cause))
  )
}
