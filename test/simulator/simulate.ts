import { messageOf } from '#base'
import type { Planted } from './planted.ts'
import { SimFailure } from './sim-failure.ts'
import { StoreWorkload } from './store-workload.ts'
import { Workload } from './workload.ts'

const EDITS = { trees: 100, stores: 24 }

export interface SimOptions {
  seed: number
  /** What it is about: trees that are kept the same, or the stores below them. */
  about?: 'trees' | 'stores'
  /** User edits at least; unless said 100, or 24 where it is about stores. */
  edits?: number
  planted?: Planted
  trace?: (line: string) => void
}

export interface SimReport {
  seed: number
  edits: number
  faults: Partial<Record<string, number>>
  /** Concurrent edits of the same path that really were concurrent. */
  conflicts: number
  /** ms */
  simulated: number
  messages: number
  /** ms from rest until all devices say that every version is protected. */
  protectedMs: number
  /** Versions of which content was gone before any device could keep it: its user was faster. */
  nowhere: number
  /** Over all that happened, in order. */
  hash: string
  /** What was found wrong and when; null when nothing was. */
  failure: string | null
}

/** Runs one seed from its beginning to its end. The same options give the same run. */
export async function simulate({
  seed,
  about = 'trees',
  edits = EDITS[about],
  planted = {},
  trace,
}: SimOptions): Promise<SimReport> {
  const workload = about === 'trees' ? new Workload(seed, planted) : new StoreWorkload(seed, planted)
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
  const { edits: made, counts: faults, conflicts, protectedMs, nowhere } = workload
  const { world, network } = cluster
  const messages = network.delivered.index + network.delivered.bulk
  const told = { edits: made, faults, conflicts, protectedMs, nowhere }
  return { seed, ...told, simulated: world.now, messages, hash: world.trace.hash, failure }
}

/** How long it took from rest until all was protected, in simulated time. */
export function protectedWords(reports: readonly Pick<SimReport, 'protectedMs' | 'nowhere'>[]): string {
  const sorted = reports.map(({ protectedMs }) => protectedMs).toSorted((a, b) => a - b)
  const [median, most] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0].map((ms) => (ms / 1000).toFixed(1))
  const gone = reports.reduce((sum, { nowhere }) => sum + nowhere, 0)
  const times = `${median} s after rest${reports.length > 1 ? ` (median; at most ${most} s)` : ''}`
  return `all protected ${times}, but for ${gone} versions gone before any device had kept them`
}
