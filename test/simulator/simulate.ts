import { messageOf } from '#base'
import { SimFailure } from './cluster.ts'
import type { FaultKind } from './faults.ts'
import type { Planted } from './planted.ts'
import { Workload } from './workload.ts'

export interface SimOptions {
  seed: number
  /** User edits at least; 100 unless said. */
  edits?: number
  planted?: Planted
  trace?: (line: string) => void
}

export interface SimReport {
  seed: number
  edits: number
  faults: Partial<Record<FaultKind, number>>
  /** Concurrent edits of the same path that really were concurrent. */
  conflicts: number
  /** ms */
  simulated: number
  messages: number
  /** Over all that happened, in order. */
  hash: string
  /** What was found wrong and when; null when nothing was. */
  failure: string | null
}

/** Runs one seed from its beginning to its end. The same options give the same run. */
export async function simulate({ seed, edits = 100, planted = {}, trace }: SimOptions): Promise<SimReport> {
  const workload = new Workload(seed, planted)
  const { cluster } = workload
  if (trace !== undefined) cluster.world.trace.listen(trace)
  const failed = (error: unknown): void => {
    cluster.failure ??= `an error nobody caught: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  }
  process.on('unhandledRejection', failed)
  let failure: string | null = null
  try {
    await workload.run(edits)
    cluster.check()
  } catch (error) {
    failure =
      error instanceof SimFailure
        ? error.message
        : `the simulator broke: ${error instanceof Error ? (error.stack ?? error.message) : messageOf(error)}`
    failure += `\n(seed ${seed}, step ${workload.edits}, at ${(cluster.world.now / 1000).toFixed(1)} s)`
  } finally {
    process.off('unhandledRejection', failed)
    cluster.end()
  }
  const { edits: made, faults, conflicts } = workload
  const { world, network } = cluster
  const messages = network.delivered.index + network.delivered.bulk
  return { seed, edits: made, faults: faults.counts, conflicts, simulated: world.now, messages, hash: world.trace.hash, failure }
}
