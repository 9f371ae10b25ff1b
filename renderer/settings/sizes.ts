import { decimalSign } from '../format.ts'

const UNITS: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
}

/** `100GB`, `1.5 TiB`, `5MB/s`, `0`, as somebody types it in the page's language: bytes; null: it is no size. */
export function bytesOf(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?) ?([KMGT]?I?B)?$/.exec(
    plainSize(text)
      .replace(/ ?\/s$/i, '')
      .toUpperCase(),
  )
  if (match === null) return null
  return Math.round(Number(match[1]) * (UNITS[match[2] ?? 'B'] ?? 1))
}

/**
 * What was typed as the daemon reads it, with a point: in German `1,5 GB` is 1.5 GB, and `1.500 GB` are 1500. A sign that can stand for
 * nothing else there is read as the other one. What is no number stays as it is.
 */
export function plainSize(typed: string): string {
  const [decimal, group] = decimalSign() === ',' ? [',', '.'] : ['.', ',']
  return typed.trim().replace(/^\d[\d.,]*/, (number) => {
    const isGrouped = new RegExp(`^[1-9]\\d{0,2}(?:\\${group}\\d{3})+(?:\\${decimal}\\d+)?$`).test(number)
    const plain = isGrouped ? number.replaceAll(group, '').replace(decimal, '.') : number.replace(/,(?=\d+$)/, '.')
    return /^\d+(?:\.\d+)?$/.test(plain) ? plain : number
  })
}

/** A size as the daemon has it, as people of the page's language write it. */
export function localSize(plain: string): string {
  return plain.replace(/^(\d+)\.(?=\d)/, `$1${decimalSign()}`)
}

/** As people write it, and read by `bytesOf`: 200_000_000_000 → `200 GB`. */
export function sizeText(bytes: number): string {
  const unit = ['TB', 'GB', 'MB', 'KB'].find((name) => bytes >= (UNITS[name] ?? 1)) ?? 'B'
  return bytes === 0 ? '0' : localSize(`${Math.round((bytes / (UNITS[unit] ?? 1)) * 100) / 100} ${unit}`)
}
