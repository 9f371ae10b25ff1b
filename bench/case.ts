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
  /** Bytes that two devices share, for the disk that they take. */
  shared: number
  /** In a folder, for the time that listing those of one path takes. */
  versions: number
}

export const fullSizes: Sizes = {
  large: 1 << 30,
  small: 10_000,
  many: 100_000,
  saves: 100,
  idleSeconds: 60,
  shared: 1 << 30,
  versions: 1_000_000,
}
export const quickSizes: Sizes = {
  large: 100 << 20,
  small: 1_000,
  many: 10_000,
  saves: 20,
  idleSeconds: 10,
  shared: 100 << 20,
  versions: 100_000,
}

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
  /** Of the store, where its work is measured. */
  blocks?: number
  /** The device that had the files first, then the one that got them. */
  devices: Usage[]
  /** By both devices together. */
  sentBytes: number | null
  /** The same work done by other tools in the same run. */
  beside: Beside[]
  targets: Target[]
  /** Targets that nothing can be said of in this run: neither met nor missed. */
  unmeasured?: Unmeasured[]
  /** What else there is to know; nothing is asked of it. */
  figures?: Figure[]
}

export interface Beside {
  tool: string
  seconds: number
  devices?: Usage[]
  sentBytes?: number
}

export interface Figure {
  what: string
  measured: number
  /** MB and MiB stand for bytes that are shown that way. */
  unit: 's' | 'B' | 'MB' | 'MiB' | '%' | 'ms' | ''
}

/** A target whose measure, another tool's work, is not to be had. */
export interface Unmeasured {
  what: string
  why: string
}

/** Met when `measured` is at most `limit`, which has the same unit. */
export interface Target extends Figure {
  limit: number
}
