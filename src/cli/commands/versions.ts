import { localTime } from '#base'
import type { PastVersion } from '#api/contract'
import type { Command } from '../command.ts'
import { size, table } from '../text.ts'
import { parseFile } from '../values.ts'

/** Digits of an id that are shown; more are needed where two begin alike. */
export const SHOWN_DIGITS = 12

export const versions: Command = {
  words: 'versions',
  synopsis: 'TARGET',
  summary: 'Every version of a file, newest first; of a deleted one, too.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const target = parseFile(argument(0))
    const { client } = await connect()
    const result = await client.versions(target)
    output.result(result, () =>
      table(
        ['VERSION', 'TIME', 'BY', 'WHAT', 'SIZE', 'STATE'],
        result.map((each) => [
          each.version.slice(0, SHOWN_DIGITS),
          localTime(each.time),
          each.by,
          each.cause === 'restored' ? 'as before' : each.cause,
          each.kind === 'file' ? size(each.size) : each.kind === 'tombstone' ? null : each.kind,
          stateOf(each),
        ]),
      ),
    )
    if (result.some(({ givenUp }) => givenUp === 'never-kept'))
      output.note(
        'never kept: it was replaced or deleted before any device had kept it, and no device has its content, as far as this one knows.',
      )
    if (result.some(({ stored }) => !stored))
      output.note(
        'This folder keeps no history: no store has what is replaced or deleted in it. What sync replaced or deleted on a device stays in the archive there for 30 days: holdfast folder archive FOLDER',
      )
  },
}

function stateOf({ state, stored, current, forgotten, lost, givenUp, pinned, snapshots }: PastVersion): string {
  const gone = givenUp === null ? 'forgotten' : givenUp === 'lost' ? 'given up' : 'never kept'
  return [
    lost ? 'lost' : stored ? state : 'not stored',
    ...(current ? ['current'] : []),
    ...(forgotten && !lost ? [gone] : []),
    ...(pinned ? ['pinned'] : []),
    ...snapshots.map((name) => `snapshot ${name}`),
  ].join(', ')
}
