import type { Backend } from '#api'
import { HoldfastError } from '#base'

type PendingOperations = Pick<Backend, 'timeline' | 'density' | 'restoreMoment' | 'search'>

/** What the contract has and this build cannot do yet. */
export function pendingOperations(): PendingOperations {
  const pending = async (): Promise<never> => {
    throw new HoldfastError('unsupported', 'this build cannot do that yet')
  }
  return {
    timeline: pending,
    density: pending,
    restoreMoment: pending,
    search: pending,
  }
}
