import { localTime } from '#base'
import type { Command } from '../command.ts'
import { size, table } from '../text.ts'
import { parseMoment, parseTarget } from '../values.ts'

export const ls: Command = {
  words: 'ls',
  synopsis: '[TARGET] [--at TIME|SNAPSHOT] [--deleted] [--recursive]',
  summary: 'What is in a folder. TARGET is FOLDER/path/in/it.',
  options: { at: { type: 'string' }, deleted: { type: 'boolean' }, recursive: { type: 'boolean' } },
  takes: [0, 1],
  async run({ args, text, isSet, connect, output }) {
    const { client } = await connect()
    const at = text('at')
    const result = await client.list({
      ...(args[0] === undefined ? {} : parseTarget(args[0])),
      ...(at === undefined ? {} : parseMoment(at)),
      deleted: isSet('deleted'),
      recursive: isSet('recursive'),
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
  },
}
