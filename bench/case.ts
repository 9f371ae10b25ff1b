import type { Stage } from './stage.ts'

/** How much is done; `--quick` takes a tenth. */
export interface Sizes {
  /** Bytes of the large file. */
  large: number
  /** Files of 200 B to 20 KB. */
  small: number
  /** Files of about 1 KB, for the rescan and the peak of memory. */
  many: number
  /** Saved files for the latency. */
  saves: number
  idleSeconds: number
}

export const fullSizes: Sizes = { large: 1 << 30, small: 10_000, many: 100_000, saves: 100, idleSeconds: 60 }
export const quickSizes: Sizes = { large: 100 << 20, small: 1_000, many: 10_000, saves: 20, idleSeconds: 10 }

export interface Bench {
  stage: Stage
  sizes: Sizes
  /** Says on stderr what is being done. */
  tell(text: string): void
}

export interface Case {
  name: string
  title: string
  run(bench: Bench): Promise<Result>
}

/** What one device used. */
export interface Usage {
  /** Of the whole process tree. */
  cpuSeconds: number
  /** The largest sampled sum of PSS of the process tree. */
  peakBytes: number
}

export interface Result {
  /** null where the time is not what counts. */
  seconds: number | null
  bytes: number | null
  files: number | null
  /** The device that had the files first, then the one that got them. */
  devices: Usage[]
  /** By both devices together. */
  sentBytes: number | null
  /** The same work done by other tools in the same run. */
  beside: Beside[]
  targets: Target[]
}

export interface Beside {
  tool: string
  seconds: number
  devices?: Usage[]
  sentBytes?: number
}

/** Met when `measured` is at most `limit`. */
export interface Target {
  what: string
  measured: number
  limit: number
  /** Of both numbers; MB and MiB stand for bytes that are shown that way. */
  unit: 's' | 'MB' | 'MiB' | '%' | 'ms'
}
