export { sizeText as size } from '#base'

/** Text with its control characters shown instead of obeyed: names come from other devices, and terminals obey escapes. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A column is no wider for one long name: that row's other cells are further to the right. */
const MAX_WIDTH = 48

/** Rows in aligned columns below their headings; '' for no rows. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  if (rows.length === 0) return ''
  const cells = [headings, ...rows.map((row) => row.map((cell) => oneLine(cell === null ? '-' : String(cell))))]
  const widths = headings.map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length).filter((length) => length <= MAX_WIDTH)),
  )
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** The same on one line, whatever a name holds. */
export function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n')
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
