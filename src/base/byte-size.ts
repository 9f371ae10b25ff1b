const UNITS: Record<string, number> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
  TIB: 1024 ** 4,
}

/** `100GB`, `1.5 TiB`, `4096`, `0`, as bytes, rounded to whole ones; null: it is no size. */
export function byteSize(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?) ?([KMGT]?I?B)?$/.exec(text.trim().toUpperCase())
  const unit = UNITS[match?.[2] ?? '']
  if (match === null || unit === undefined) return null
  const bytes = Math.round(Number(match[1]) * unit)
  return Number.isSafeInteger(bytes) ? bytes : null
}

/** `5MB`, `500KB/s`, `0`: bytes a second; null: it is no rate. */
export function byteRate(text: string): number | null {
  return byteSize(text.trim().replace(/ ?\/s$/i, ''))
}

const NAMED = ['KB', 'MB', 'GB', 'TB', 'KiB', 'MiB', 'GiB', 'TiB']
/** Longer numbers of a unit are no easier to read than the bytes. */
const MAX_LENGTH = 5

/** As `byteSize` reads it, and without loss: `100GB`, `1.5TiB`; bytes that are no short number of any unit as they are. */
export function exactSize(bytes: number): string {
  const written = NAMED.map((name) => ({ value: bytes / UNITS[name.toUpperCase()]!, name }))
    .filter(({ value }) => value >= 1 && String(value).length <= MAX_LENGTH)
    .map(({ value, name }) => `${value}${name}`)
    .filter((text) => byteSize(text) === bytes)
  return written.toSorted((a, b) => a.length - b.length)[0] ?? String(bytes)
}

const SHOWN = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** 1536 → `1.5 KiB`. */
export function sizeText(bytes: number): string {
  const power = Math.min(SHOWN.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  return `${power === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${SHOWN[power]}`
}
