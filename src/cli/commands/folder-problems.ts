import type { Command } from '../command.ts'
import { table } from '../text.ts'

export const folderProblems: Command = {
  words: 'folder problems',
  synopsis: 'FOLDER',
  summary: 'Entries that do not sync, each with its reason.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.problems({ folder: argument(0) })
    output.result(
      result,
      () =>
        table(
          ['PATH', 'WHY', 'WHAT TO DO'],
          result.map(({ path, message, hint }) => [path, message, hint]),
        ) || 'Everything syncs.',
    )
  },
}
