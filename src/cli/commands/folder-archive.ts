import { HoldfastError, localTime, shellWord } from '#base'
import type { Command } from '../command.ts'
import { size, table } from '../text.ts'

export const folderArchive: Command = {
  words: 'folder archive',
  synopsis: 'FOLDER [PATH] | FOLDER --restore NAME [--to FILE]',
  summary:
    'What sync replaced or deleted here in the last 30 days: all of it, or what was at PATH (relative to the folder) and below. --restore copies one back.',
  options: { restore: { type: 'string' }, to: { type: 'string' } },
  takes: [1, 2],
  async run({ args, argument, text, resolve, connect, output }) {
    const [folder, path] = [argument(0), args[1]]
    const [name, to] = [text('restore'), text('to')]
    const restore = `holdfast folder archive ${shellWord(folder)} --restore NAME`
    if (name === undefined && to !== undefined)
      throw new HoldfastError('usage', '--to goes with --restore NAME', { hint: `${restore} --to ${shellWord(to)}` })
    if (name !== undefined && path !== undefined)
      throw new HoldfastError('usage', '--restore NAME says by itself which file it is; no PATH goes with it', { hint: restore })
    const { client } = await connect()
    if (name !== undefined) {
      const result = await client.restoreArchived({ folder, name, to: to === undefined ? null : resolve(to) })
      output.result(result, () => `Restored: ${result.path}`)
      return
    }
    const result = await client.archive({ folder, ...(path === undefined ? {} : { path }) })
    const rows = result.map((item) => [item.name, item.path, size(item.size), localTime(item.time)])
    output.result(
      result,
      () =>
        table(['NAME', 'PATH', 'SIZE', 'ARCHIVED'], rows) ||
        `Nothing was replaced or deleted${path === undefined ? '' : ` at ${path}`}.`,
    )
  },
}
