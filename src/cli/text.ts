/** Text with its control characters shown instead of obeyed: names come from other devices, and terminals obey escapes. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A column is no wider for one long name: that row's other cells are further to the right. */
const MAX_WIDTH = 48

/** Rows in aligned columns below their headings; '' for no rows. */
export function table(headings: readonly string[], rows: readonly Row[]): string {
  return new Table(headings).next(rows)
}

type Row = readonly (string | number | null)[]

/** A table that comes part by part: the first one has the headings, and no column is narrower than in those before. */
export class Table {
  #headings: readonly string[] | null
  #widths: number[]

  constructor(headings: readonly string[]) {
    this.#headings = headings
    this.#widths = headings.map(() => 0)
  }

  /** '' for no rows. */
  next(rows: readonly Row[]): string {
    if (rows.length === 0) return ''
    const cells = rows.map((row) => row.map((cell) => oneLine(cell === null ? '-' : String(cell))))
    if (this.#headings !== null) cells.unshift([...this.#headings])
    this.#headings = null
    for (const row of cells)
      this.#widths = this.#widths.map((width, column) => {
        const { length } = row[column] ?? ''
        return length > MAX_WIDTH ? width : Math.max(width, length)
      })
    return cells.map((row) => this.#line(row)).join('\n')
  }

  #line(row: readonly string[]): string {
    return row
      .map((cell, column) => cell.padEnd(this.#widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  }
}

/** The same on one line, whatever a name holds. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n')
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** 1536 → `1.5 KiB`. */
export function size(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${UNITS[power]}`
}

const BAR_WIDTH = 30

/** `[####----]`; `part` from 0 to 1. */
export function progressBar(part: number): string {
  return `[${'#'.repeat(Math.round(Math.min(part, 1) * BAR_WIDTH)).padEnd(BAR_WIDTH, '-')}]`
}

/** 3725 → `1 h 2 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
