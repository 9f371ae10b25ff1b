import { HoldfastError } from '#base'
import type { Command } from '../command.ts'
import { size } from '../text.ts'
import { parseTarget } from '../values.ts'

export const rm: Command = {
  words: 'rm',
  synopsis: 'TARGET [--recursive]',
  summary: 'Deletes a file everywhere, with --recursive a directory with all in it. holdfast restore TARGET brings a file back.',
  options: { recursive: { type: 'boolean' } },
  takes: [1, 1],
  async run({ argument, isSet, connect, output }) {
    const target = parseTarget(argument(0))
    if (target.path === '')
      throw new HoldfastError('usage', `${argument(0)} is a whole folder`, {
        hint: 'write FOLDER/path/in/it; holdfast folder leave FOLDER takes no part in a folder any more',
      })
    const { client } = await connect()
    const result = await client.removeEntries({ ...target, recursive: isSet('recursive') })
    const { path, entries, bytes } = result
    output.result(result, () => `Deleted: ${path}${entries === 1 ? '' : ` (${entries} entries, ${size(bytes)})`}`)
  },
}
