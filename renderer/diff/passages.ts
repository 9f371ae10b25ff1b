import type { Row } from './diff-rows.ts'

/** What is shown of the rows: what changed, with some lines around it; how many are left out in between. */
export type Passage = { kind: 'rows'; rows: Row[] } | { kind: 'gap'; first: number; lines: number }

const AROUND = 3

/** `open`: gaps, by their first row, that are shown all the same. */
export function passagesOf(rows: readonly Row[], open: ReadonlySet<number>): Passage[] {
  const near = new Array<boolean>(rows.length).fill(false)
  for (const [at, { same }] of rows.entries()) if (!same) near.fill(true, Math.max(0, at - AROUND), at + AROUND + 1)
  const passages: Passage[] = []
  let first = 0
  for (let at = 1; at <= rows.length; at++) {
    if (at < rows.length && near[at] === near[first]) continue
    const lines = at - first
    // One line takes no more room than that it is left out.
    if (near[first] === true || open.has(first) || lines === 1) append(passages, rows.slice(first, at))
    else passages.push({ kind: 'gap', first, lines })
    first = at
  }
  return passages
}

function append(passages: Passage[], rows: Row[]): void {
  const last = passages.at(-1)
  if (last?.kind === 'rows') for (const row of rows) last.rows.push(row)
  else passages.push({ kind: 'rows', rows })
}
