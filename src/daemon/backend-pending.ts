import type { Backend } from '#api'
import { HoldfastError } from '#base'

type PendingOperations = Pick<
  Backend,
  'entryDetails' | 'ignoreRules' | 'setIgnoreRules' | 'previewIgnore' | 'directory' | 'metricHistory' | 'space' | 'upkeep'
>

/** What the contract has and this build cannot do yet. */
export function pendingOperations(): PendingOperations {
  const pending = async (): Promise<never> => {
    throw new HoldfastError('unsupported', 'this build cannot do that yet')
  }
  return {
    entryDetails: pending,
    ignoreRules: pending,
    setIgnoreRules: pending,
    previewIgnore: pending,
    directory: pending,
    metricHistory: pending,
    space: pending,
    upkeep: pending,
  }
}
