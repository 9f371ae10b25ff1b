const UNITS_MS: Record<string, number> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `15m`, `60s`, `1h`, `500ms`, `7d`, `0`, as ms; a number alone is seconds. null: it is no duration. */
export function durationMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)?$/.exec(text)
  return match === null ? null : Number(match[1]) * UNITS_MS[match[2] ?? 's']!
}

/** What `durationMs` reads as that, in the largest unit up to days that it is whole in. Whole milliseconds. */
export function durationText(ms: number): string {
  if (ms === 0) return '0'
  const [unit, size] = Object.entries(UNITS_MS).findLast(([unit, each]) => unit !== 'w' && ms % each === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}
