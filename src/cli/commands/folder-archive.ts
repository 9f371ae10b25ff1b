import { HoldfastError } from '#base'
import type { Command } from '../command.ts'
import { localTime, size, table } from '../text.ts'

export const folderArchive: Command = {
  words: 'folder archive',
  synopsis: 'FOLDER [--restore NAME [--to FILE]]',
  summary: 'What sync replaced or deleted here in the last 30 days; --restore copies one back.',
  options: { restore: { type: 'string' }, to: { type: 'string' } },
  takes: [1, 1],
  async run({ argument, text, resolve, connect, output }) {
    const [name, to] = [text('restore'), text('to')]
    if (name === undefined && to !== undefined) throw new HoldfastError('usage', '--to goes with --restore NAME')
    const { client } = await connect()
    if (name !== undefined) {
      const result = await client.restoreArchived({ folder: argument(0), name, to: to === undefined ? null : resolve(to) })
      output.result(result, () => `Restored: ${result.path}`)
      return
    }
    const result = await client.archive({ folder: argument(0) })
    const rows = result.map((item) => [item.name, item.path, size(item.size), localTime(item.time)])
    output.result(result, () => table(['NAME', 'PATH', 'SIZE', 'ARCHIVED'], rows) || 'Nothing was replaced or deleted.')
  },
}
