import { packStats, type StatRow, type StatTable } from '#model'

/** Rows that wait to be packed: as objects they take five times the memory. */
const PENDING = 1024

/** Collects rows of a StatTable, however many there are. */
export class TableWriter {
  #pending: StatRow[] = []
  readonly #packed: StatTable[] = []

  add(row: StatRow): void {
    this.#pending.push(row)
    if (this.#pending.length === PENDING) this.#pack()
  }

  /** All rows, in the order in which they came. */
  take(): StatTable {
    this.#pack()
    const parts = this.#packed
    return {
      count: parts.reduce((sum, { count }) => sum + count, 0),
      paths: parts.map(({ paths }) => paths).join('\0'),
      kinds: join(
        parts.map(({ kinds }) => kinds),
        (length) => new Uint8Array(length),
      ),
      stats: join(
        parts.map(({ stats }) => stats),
        (length) => new Float64Array(length),
      ),
    }
  }

  #pack(): void {
    if (this.#pending.length === 0) return
    this.#packed.push(packStats(this.#pending))
    this.#pending = []
  }
}

function join<T extends Uint8Array | Float64Array>(parts: readonly T[], make: (length: number) => T): T {
  const all = make(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
