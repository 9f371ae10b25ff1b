import { localTime } from '#base'
import type { Problem } from '#api/contract'
import type { LostVersion } from '#db'
import { hlcTime, pathKey } from '#model'
import { isoTime } from './backend-context.ts'
import type { OpenFolder } from './folder-opener.ts'
import { nowhere } from './remarks.ts'

/** Versions that are looked at, and ids that are named of one path, at most. */
const MOST = 1_000
const NAMED = 3
/** Digits of an id that are shown. */
const DIGITS = 12

/** What is lost of a folder, each path once. */
export async function lostProblems({ stored: { name }, index, keeping }: OpenFolder, isAlone: boolean): Promise<Problem[]> {
  const lost = keeping?.lost === 0 ? [] : ((await index?.lost(0, MOST)) ?? [])
  return [...Map.groupBy(lost, ({ version }) => pathKey(version.path)).values()].map((all) => ({
    folder: name,
    path: all[0]!.version.path,
    code: 'lost',
    message: `the content of its ${wordsOf(all.toReversed())} ${nowhere(isAlone)}`,
    hint: `bring back the disk or the device that had it${isAlone ? ', or join the devices again that have it' : ''}: it is kept again by itself then; or, to give it up for good: holdfast gc --lost`,
    values: { versions: all.length, alone: isAlone ? 'yes' : 'no' },
    since: isoTime(Math.min(...all.map(({ since }) => since))),
  }))
}

function wordsOf(all: readonly LostVersion[]): string {
  const named = all.slice(0, NAMED).map(({ version: { id, hlc } }) => `${id.slice(0, DIGITS)} of ${localTime(hlcTime(hlc))}`)
  const more = all.length > NAMED ? ` and ${all.length - NAMED} more` : ''
  const which = all.length === 1 ? 'version' : 'versions'
  return `${which} ${named.join(', ')}${more}`
}
