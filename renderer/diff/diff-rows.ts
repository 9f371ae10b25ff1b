import { diffLines, diffWordsWithSpace } from 'diff'

/** Part of a line; `changed`: the other text has it not. */
export interface Part {
  text: string
  changed: boolean
}

/** A line of one text, numbered from 1. */
export interface Line {
  number: number
  parts: Part[]
}

/** Lines that stand beside each other: in both texts, in one alone, or one that became another one. */
export interface Row {
  before: Line | null
  after: Line | null
  same: boolean
}

/** `too-different`: it would take too long, or be too much to look at. */
export type Compared = { kind: 'rows'; rows: Row[]; added: number; removed: number } | { kind: 'too-different' }

/** Lines that are added or removed in all; finding more takes the square of it. */
const MOST_EDITS = 4_000
const MOST_MS = 8_000
/** Of longer lines no words are compared. */
const MOST_WORDS = 2_000

/** Compares two texts line by line (Myers, "An O(ND) Difference Algorithm and Its Variations"), and lines that changed word by word. */
export function compareTexts(before: string, after: string, mostEdits = MOST_EDITS): Compared {
  const changes = diffLines(before, after, { maxEditLength: mostEdits, timeout: MOST_MS })
  if (changes === undefined) return { kind: 'too-different' }
  const rows: Row[] = []
  const at = { before: 0, after: 0 }
  const result = { added: 0, removed: 0 }
  let removed: string[] = []
  const put = (added: readonly string[]): void => {
    for (let n = 0; n < Math.max(removed.length, added.length); n++) {
      const [old, now] = wordsOf(removed[n], added[n])
      rows.push({
        before: old === null ? null : { number: ++at.before, parts: old },
        after: now === null ? null : { number: ++at.after, parts: now },
        same: false,
      })
    }
    removed = []
  }
  for (const { value, added: isNew, removed: isOld } of changes) {
    const lines = linesOf(value)
    if (isOld) {
      put([])
      removed = lines
      result.removed += lines.length
    } else if (isNew) {
      put(lines)
      result.added += lines.length
    } else {
      put([])
      for (const text of lines) {
        const parts = [{ text, changed: false }]
        rows.push({ before: { number: ++at.before, parts }, after: { number: ++at.after, parts }, same: true })
      }
    }
  }
  put([])
  return { kind: 'rows', rows, ...result }
}

function wordsOf(before: string | undefined, after: string | undefined): [Part[] | null, Part[] | null] {
  const whole = (text: string | undefined): Part[] | null => (text === undefined ? null : [{ text, changed: false }])
  if (before === undefined || after === undefined || before.length + after.length > MOST_WORDS)
    return [whole(before), whole(after)]
  const words = diffWordsWithSpace(before, after)
  const side = (other: 'added' | 'removed'): Part[] =>
    words.filter((word) => !word[other]).map(({ value, added, removed }) => ({ text: value, changed: added || removed }))
  return [side('added'), side('removed')]
}

/** Without the ends of the lines; what ends without one is a line, too. */
function linesOf(value: string): string[] {
  const lines = value.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
