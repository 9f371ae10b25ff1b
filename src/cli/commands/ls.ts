import { HoldfastError, localTime } from '#base'
import { ApiError } from '#api/client'
import type { Command } from '../command.ts'
import { size, table } from '../text.ts'
import { parseMoment, parseTarget, TIME_LIKE } from '../values.ts'

export const ls: Command = {
  words: 'ls',
  synopsis: '[TARGET] [--at TIME|SNAPSHOT] [--deleted] [--recursive]',
  summary: 'What is in a folder. TARGET is FOLDER/path/in/it.',
  options: { at: { type: 'string' }, deleted: { type: 'boolean' }, recursive: { type: 'boolean' } },
  takes: [0, 1],
  async run({ args, text, isSet, connect, output }) {
    const { client } = await connect()
    const at = text('at')
    const moment = at === undefined ? null : parseMoment(at)
    const asked = {
      ...(args[0] === undefined ? {} : parseTarget(args[0])),
      ...moment,
      deleted: isSet('deleted'),
      recursive: isSet('recursive'),
    }
    const result = await client.list(asked).catch((error: unknown) => {
      throw moment !== null && 'snapshot' in moment ? orATime(error) : error
    })
    output.result(result, () =>
      table(
        ['KIND', 'SIZE', 'MODIFIED', 'STATE', 'PATH'],
        result.map(({ folder, kind, size: bytes, modified, state, path }) => [
          kind,
          kind === 'file' ? size(bytes) : null,
          modified === null ? null : localTime(modified),
          state,
          // Of a folder itself.
          path === '' ? folder : path,
        ]),
      ),
    )
    if (result.length === 0 && moment !== null && 'at' in moment)
      output.note(`Nothing was there at ${localTime(moment.at)}. A time of day is written like ${TIME_LIKE}.`)
  },
}

/** What is no time is taken for the name of a snapshot. */
function orATime(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.code !== 'not-found') return error
  return new HoldfastError(error.code, error.message, {
    hint: `${error.hint}; a time is written like ${TIME_LIKE}`,
    cause: error,
  })
}
