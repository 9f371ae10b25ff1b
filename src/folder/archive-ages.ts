import { errnoOf } from '#base'
import { OWN_DIRECTORY } from '#model'
import type { ArchiveEntry } from './folder-disk.ts'
import { TMP, type Tree } from './tree.ts'
import { readWhole, writeWhole } from './whole-file.ts'

export const AGES = `${OWN_DIRECTORY}/archive.json`
const AGES_NAME = 'archive.json'
const STAGED_AGES = '~archive'
const MAX_BYTES = 64 * 1024 * 1024
/** Of the file's format; a reader that does not know it begins anew, and keeps all for longer. */
const VERSION = 1
const HOUR_MS = 3_600_000
/** As much may have passed unseen, while the device was off or asleep, between two marks: more than that no clock is believed. */
const UNSEEN_MS = 24 * HOUR_MS

/** At `lived` ms of this device's own time its clock showed `wall`. */
export type Mark = [lived: number, wall: number]

/** What the device has lived through with this archive. */
export interface Ages {
  version: number
  /** In the order in which they were made: `lived` never falls, `wall` may. */
  marks: Mark[]
  /** Archived files whose times were never on the clock between two marks, by name: `lived` when they were first seen. */
  strays: Record<string, number>
}

/**
 * Takes note of the time, and tells what has been in the archive for `keepMs` of the device's own time. That is counted, not read
 * off a clock that may be years wrong: what passed while we ran (`elapsedMs` since the last time; 0 at the start) counts in full,
 * what the clock says to have passed besides at most a day. A file's name tells when it came by the clock; the last two marks
 * between which the clock showed that time tell when that was at the latest.
 */
export function ageBy(
  ages: Ages,
  { wall, elapsedMs, keepMs }: { wall: number; elapsedMs: number; keepMs: number },
  entries: readonly ArchiveEntry[],
): { ages: Ages; expired: ArchiveEntry[] } {
  const last = ages.marks.at(-1)
  const passed = last === undefined ? 0 : Math.min(Math.max(wall - last[1], elapsedMs), elapsedMs + UNSEEN_MS)
  const lived = (last?.[0] ?? 0) + passed
  // Stretches of twice that age: what they hold could have been dropped long ago.
  const marks = withMark(ages.marks, [lived, wall]).filter(
    ([at], index, all) => lived - (all[index + 1]?.[0] ?? at) <= 2 * keepMs,
  )
  const strays: Record<string, number> = {}
  const expired = entries.filter(({ name, time }) => {
    const since = latest(marks, time) ?? (strays[name] = ages.strays[name] ?? lived)
    return lived - since >= keepMs
  })
  return { ages: { version: VERSION, marks, strays }, expired }
}

/** Marks of one hour with the clock going on as it should need not all be kept. */
function withMark(marks: readonly Mark[], mark: Mark): Mark[] {
  const [before, last] = marks.slice(-2)
  const isSteady = before !== undefined && last !== undefined && before[1] <= last[1] && last[1] <= mark[1]
  return isSteady && mark[0] - before[0] < HOUR_MS ? [...marks.slice(0, -1), mark] : [...marks, mark]
}

/** `lived` at the end of the last stretch in which the clock may have shown `time`: it may have been set at any moment of it. */
function latest(marks: readonly Mark[], time: number): number | undefined {
  for (let at = marks.length - 1; at > 0; at--) {
    const [since, from] = marks[at - 1]!
    const [lived, to] = marks[at]!
    if (Math.min(from, to - (lived - since)) <= time && time <= Math.max(to, from + (lived - since))) return lived
  }
  return undefined
}

export function readAges(tree: Tree): Ages {
  try {
    if (tree.stat(AGES) === undefined) return newAges()
    const bytes = readWhole(tree.fs, tree.dir(OWN_DIRECTORY), AGES_NAME, MAX_BYTES)
    const ages = JSON.parse(Buffer.from(bytes).toString()) as Ages
    const isSound = ages.version === VERSION && ages.marks.flat().every(Number.isFinite) && typeof ages.strays === 'object'
    return isSound ? ages : newAges()
  } catch (error) {
    if (errnoOf(error) !== undefined) throw error
    return newAges()
  }
}

function newAges(): Ages {
  return { version: VERSION, marks: [], strays: {} }
}

export async function writeAges(tree: Tree, ages: Ages): Promise<void> {
  const tmp = tree.make(TMP)
  await writeWhole(tree.fs, tmp, STAGED_AGES, Buffer.from(`${JSON.stringify(ages)}\n`))
  const own = tree.dir(OWN_DIRECTORY)
  tree.fs.rename(tmp, STAGED_AGES, own, AGES_NAME)
  tree.touch(own)
  await tree.flush()
}
