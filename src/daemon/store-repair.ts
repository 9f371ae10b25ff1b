import type { Remark } from '#api/contract'
import { sleep } from '#base'
import { findMissing } from '#store'
import type { BackendContext } from './backend-context.ts'
import { folderNames } from './backend-status.ts'
import type { Healing } from './mender.ts'
import { remark, yesNo } from './remarks.ts'

/** How often it is looked whether others have brought again what was lost of that which is held for them, */
const LOOK_MS = 500
/** and after which time without that they are no longer waited for. */
const STALLED_MS = 60_000

type Parts = Pick<BackendContext, 'blocks' | 'mender' | 'registry' | 'network' | 'clock'>

/** Looks whether the files of this device's blocks are there; what is not counts as gone, and is got again from here or elsewhere. How many there are. */
export async function lookAtStore({ blocks, mender }: Parts, signal: AbortSignal): Promise<number> {
  const { checked, found } = await findMissing(blocks, signal)
  await mender.heal(found, true, signal)
  return checked
}

/** What became of all that was found since `collect`, once the others have brought again what they can. */
export async function healed(parts: Parts, signal: AbortSignal): Promise<Healing> {
  const { mender, network, clock } = parts
  const healing = await mender.heal([], false, signal)
  const first = heldDamage(parts)
  let lowest = first
  for (let since = clock.monotonic(); lowest > 0 && network.peers().length > 0 && clock.monotonic() - since < STALLED_MS;) {
    await sleep(clock, LOOK_MS, signal)
    const left = heldDamage(parts)
    if (left < lowest) [lowest, since] = [left, clock.monotonic()]
  }
  return lowest === first ? healing : mender.heal([], false, signal)
}

/** What to do about damage that could not be healed: of the folders that this device has, and of those that it only holds blocks of. */
export function damageNotes(context: Pick<BackendContext, 'mender' | 'registry' | 'network'>, which: 'all' | 'held'): Remark[] {
  const names = folderNames(context)
  return [...context.mender.unhealed].flatMap(([folder, pieces]) => {
    const isHeld = context.registry.lacks(folder)
    if (!isHeld && which === 'held') return []
    const values = { pieces, held: yesNo(isHeld) }
    return [remark(names.get(folder) ?? folder, 'damaged', values, isHeld ? heldHint(pieces) : OWN_HINT)]
  })
}

function heldDamage({ mender, registry }: Pick<Parts, 'mender' | 'registry'>): number {
  return [...mender.unhealed].reduce((sum, [folder, pieces]) => (registry.lacks(folder) ? sum + pieces : sum), 0)
}

const OWN_HINT =
  'connect the other devices of the folder (holdfast devices shows them): what they have comes by itself; and check this disk'

function heldHint(pieces: number): string {
  const it = pieces === 1 ? 'it' : 'them'
  return `devices that have the folder and are connected bring ${it} within minutes, if they have ${it}: holdfast repair on one of them tells; and check this disk`
}
