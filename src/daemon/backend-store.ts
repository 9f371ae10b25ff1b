import type { Backend } from '#api'
import type { Remark } from '#api/contract'
import { count } from '#sync'
import type { BackendContext } from './backend-context.ts'
import type { Rebalancer } from './rebalancer.ts'

type StoreOperations = Pick<Backend, 'scrub' | 'rebalance' | 'repair'>

export function storeOperations(context: BackendContext, rebalancer: Rebalancer): StoreOperations {
  const { scrubber, mender, registry } = context
  return {
    rebalance: (_, signal) => rebalancer.rebalance(signal),
    repair: (_, signal) => rebalancer.repair(signal),
    async scrub({ samplePercent }, signal) {
      const { checked, damaged, healed } = await scrubber.scrub(samplePercent / 100, signal)
      const notes = registry.folders.flatMap(({ stored }): Remark[] => {
        const left = mender.damagedIn(stored.id)
        return left === 0 ? [] : [damagedNote(stored.name, left)]
      })
      return { checked, damaged, healed, notes }
    },
  }
}

/** What to do about damage that could not be healed. */
function damagedNote(folder: string, pieces: number): Remark {
  const [are, have] = pieces === 1 ? ['is', 'has it'] : ['are', 'has them']
  return {
    folder,
    reasonCode: 'damaged',
    message: `${count(pieces, 'piece', 'pieces')} of its versions ${are} damaged here, and no device that is connected ${have}`,
    hint: 'connect the other devices of the folder (holdfast devices shows them): what they have comes by itself; and check this disk',
  }
}
