import type { Remark } from '#api/contract'
import { sleep } from '#base'
import { findMissing } from '#store'
import { count } from '#sync'
import type { BackendContext } from './backend-context.ts'
import { folderNames } from './backend-status.ts'
import type { Healing } from './mender.ts'

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
    return [{ folder: names.get(folder) ?? folder, reasonCode: 'damaged', ...(isHeld ? heldNote(pieces) : ownNote(pieces)) }]
  })
}

function heldDamage({ mender, registry }: Pick<Parts, 'mender' | 'registry'>): number {
  return [...mender.unhealed].reduce((sum, [folder, pieces]) => (registry.lacks(folder) ? sum + pieces : sum), 0)
}

function ownNote(pieces: number): Pick<Remark, 'message' | 'hint'> {
  const [are, have] = pieces === 1 ? ['is', 'has it'] : ['are', 'has them']
  return {
    message: `${count(pieces, 'piece', 'pieces')} of its versions ${are} damaged here, and no device that is connected ${have}`,
    hint: 'connect the other devices of the folder (holdfast devices shows them): what they have comes by itself; and check this disk',
  }
}

function heldNote(pieces: number): Pick<Remark, 'message' | 'hint'> {
  const [is, it] = pieces === 1 ? ['is', 'it'] : ['are', 'them']
  return {
    message: `${count(pieces, 'piece', 'pieces')} that this device holds for others ${is} damaged or gone here, and nobody has brought ${it} again yet`,
    hint: `devices that have the folder and are connected bring ${it} within minutes, if they have ${it}: holdfast repair on one of them tells; and check this disk`,
  }
}
