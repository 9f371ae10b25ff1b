import type { Clock } from '#base'
import { tableKind, tablePaths, tableStat, type DiskStat, type StatTable } from '#model'

/** Smaller files are noted whenever they have changed. */
const LARGE_BYTES = 1024 * 1024
/** A large file that was noted less than this ago, and has changed again, is noted when it has not been written to for so long, ms. */
const LATELY_MS = 60_000
const REST_MS = 3_000
/** Clocks of disks and of this device differ a little. */
const AHEAD_MS = 1_000

/**
 * Knows large files that are still being written, a download say. Each state of one, noted and sent as it grows, would be kept in the
 * archives of all the others: many times the file's size.
 */
export class GrowingFiles {
  readonly #clock: Clock
  /** When each large file was last noted, monotonic ms; the longest ago first. */
  readonly #noted = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Those of the changed entries that are to be looked at again rather than noted now. */
  among(changed: StatTable): string[] {
    if (this.#noted.size === 0) return []
    return tablePaths(changed).filter((path, at) => {
      const noted = this.#noted.get(path)
      if (noted === undefined || this.#clock.monotonic() - noted >= LATELY_MS || tableKind(changed, at) !== 'file') return false
      const { size, mtimeMs } = tableStat(changed, at)
      const age = this.#clock.now() - mtimeMs
      return size >= LARGE_BYTES && age > -AHEAD_MS && age < REST_MS
    })
  }

  /** A file was noted as it is. */
  noted(path: string, { size }: DiskStat): void {
    this.#noted.delete(path)
    const now = this.#clock.monotonic()
    for (const [old, at] of this.#noted) {
      if (now - at < LATELY_MS) break
      this.#noted.delete(old)
    }
    if (size >= LARGE_BYTES) this.#noted.set(path, now)
  }
}
