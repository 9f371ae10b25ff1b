import type { Backend } from '#api'
import type { BackendContext } from './backend-context.ts'
import type { Rebalancer } from './rebalancer.ts'
import { damageNotes } from './store-repair.ts'

type StoreOperations = Pick<Backend, 'scrub' | 'rebalance' | 'repair'>

export function storeOperations(context: BackendContext, rebalancer: Rebalancer): StoreOperations {
  const { scrubber } = context
  return {
    rebalance: (_, signal) => rebalancer.rebalance(signal),
    repair: (_, signal) => rebalancer.repair(signal),
    async scrub({ samplePercent }, signal) {
      const result = await scrubber.scrub(samplePercent / 100, signal)
      return { ...result, notes: damageNotes(context, 'all') }
    },
  }
}
