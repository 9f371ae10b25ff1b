import { shellWord } from '#base'
import type { Command } from '../command.ts'
import { parseWord } from '../values.ts'

export const folderCreate: Command = {
  words: 'folder create',
  synopsis: 'PATH [--name N] [--history full|off] [--consistency eventual|quorum|strong]',
  summary: 'Shares a directory with every device of the group that joins it.',
  options: { name: { type: 'string' }, history: { type: 'string' }, consistency: { type: 'string' } },
  takes: [1, 1],
  async run({ argument, text, resolve, connect, output }) {
    const history = parseWord(text('history') ?? 'full', '--history', ['full', 'off'])
    const consistency = parseWord(text('consistency') ?? 'eventual', '--consistency', ['eventual', 'quorum', 'strong'])
    const name = text('name')
    const { client } = await connect()
    const result = await client.createFolder({
      path: resolve(argument(0)),
      history,
      consistency,
      ...(name === undefined ? {} : { name }),
    })
    output.result(
      result,
      () => `${result.name} is shared: ${result.path}\nOn another device: holdfast folder join ${shellWord(result.name)} PATH`,
    )
  },
}
