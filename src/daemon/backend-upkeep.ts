import type { Backend } from '#api'
import type { BackendContext } from './backend-context.ts'

export function upkeepOperations({ housekeeping }: BackendContext): Pick<Backend, 'gc'> {
  return {
    async gc({ dryRun }, signal) {
      const { bytes, obstacles, ...counts } = await housekeeping.run({ isDry: dryRun, signal })
      return { freedBytes: bytes, ...counts, notes: obstacles }
    },
  }
}
