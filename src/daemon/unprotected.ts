import type { BackendContext } from './backend-context.ts'
import type { OpenFolder } from './folder-opener.ts'
import type { Obstacle } from './obstacles.ts'
import { helpsWith } from './untaken.ts'
import { unkept, UNTAKEN } from './untaken-words.ts'

/** Where nothing moves for so long, ms, it may be for good. */
const STILL_MS = 30_000

type UnprotectedContext = Pick<BackendContext, 'membership'> & {
  clock: Pick<BackendContext['clock'], 'monotonic'>
  network: Pick<BackendContext['network'], 'peers'> & {
    group: {
      readonly device: BackendContext['network']['group']['device']
      readonly state: { readonly devices: readonly unknown[] }
    }
  }
}

/** How much is lacking on all devices together. */
export function sumOf(lacking: readonly { records: number }[]): number {
  return lacking.reduce((sum, { records }) => sum + records, 0)
}

/** What keeps a folder's versions from being protected, device by device. */
export async function unprotectedOn(
  { membership, network, clock }: UnprotectedContext,
  { keeping }: Pick<OpenFolder, 'keeping'>,
): Promise<Obstacle[]> {
  const lacking = keeping?.isKept === true ? await keeping.lacking() : []
  const { device: own, state } = network.group
  const isAnyAway = network.peers().length < state.devices.length - 1
  const still = keeping?.haste.stoodStill(sumOf(lacking), clock.monotonic()) ?? 0
  return lacking.map(({ device, records }) => {
    if (device === own) {
      const isStill = still >= STILL_MS
      const why = isStill ? 'nothing moves, so what they need is not here.' : 'it is at work, or what they need is not here.'
      const there = isStill ? 'holdfast repair tells what is missing' : 'holdfast status tells how it stands'
      return {
        what: `${unkept(records, null)}: ${why}`,
        look: isAnyAway ? 'holdfast devices shows which are connected' : there,
      }
    }
    const who = membership.called()(device)
    if (records === 0)
      return {
        what: `${who} has come back, and is being asked what it has.`,
        look: `on ${who}: holdfast status tells how it stands`,
      }
    const what = `${unkept(records, who)}, `
    const why = keeping?.holders.obstacles.find((each) => each.device === device)?.obstacle
    if (why !== undefined) return { what: `${what}${UNTAKEN[why].words}`, look: helpsWith(why, who) }
    if (network.peers().some((peer) => peer.device === device))
      return { what: `${what}as far as it has said.`, look: `on ${who}: holdfast status tells how it stands` }
    const remove = `holdfast devices remove ${membership.reference(device)}`
    return { what: `${what}which is not connected.`, look: `start ${who}, or, if it is gone for good: ${remove}` }
  })
}
