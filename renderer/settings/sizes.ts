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

/** `100GB`, `1.5 TiB`, `5MB/s`, `0`: bytes, as the daemon reads them; null: it is no size. */
export function bytesOf(text: string): number | null {
  const match = /^(\d+(?:[.,]\d+)?) ?([KMGT]?I?B)?$/.exec(
    text
      .trim()
      .replace(/ ?\/s$/i, '')
      .toUpperCase(),
  )
  if (match === null) return null
  return Math.round(Number(match[1]?.replace(',', '.')) * (UNITS[match[2] ?? 'B'] ?? 1))
}

/** As people write it, and as the daemon reads it: 200_000_000_000 → `200 GB`. */
export function sizeText(bytes: number): string {
  const unit = ['TB', 'GB', 'MB', 'KB'].find((name) => bytes >= (UNITS[name] ?? 1)) ?? 'B'
  return bytes === 0 ? '0' : `${Math.round((bytes / (UNITS[unit] ?? 1)) * 100) / 100} ${unit}`
}
