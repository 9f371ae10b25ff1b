import { HoldfastError } from '#base'
import type { Command } from '../command.ts'
import { localTime, table } from '../text.ts'
import { parseTarget, parseWord } from '../values.ts'

export const conflicts: Command = {
  words: 'conflicts',
  synopsis: '',
  summary: 'Files that were changed on two devices at once; each change is kept.',
  async run({ connect, output }) {
    const { client } = await connect()
    const result = await client.conflicts()
    const rows = result.map((item) => [`${item.folder}/${item.path}`, item.with, item.device.slice(-8), localTime(item.time)])
    output.result(result, () => table(['TARGET', 'OTHER VERSION', 'BY', 'TIME'], rows) || 'No conflicts.')
  },
}

export const conflictsResolve: Command = {
  words: 'conflicts resolve',
  synopsis: 'TARGET --keep mine|theirs|both',
  summary: 'Settles a conflict.',
  options: { keep: { type: 'string' } },
  takes: [1, 1],
  async run({ argument, text, connect, output }) {
    const wanted = text('keep')
    if (wanted === undefined)
      throw new HoldfastError('usage', 'say what to keep: --keep mine, theirs or both', {
        hint: '`mine` is what shows at the path, `theirs` what shows beside it; holdfast conflicts lists both',
      })
    const keep = parseWord(wanted, '--keep', ['mine', 'theirs', 'both'])
    const target = parseTarget(argument(0))
    if (target.path === '') throw new HoldfastError('usage', `${argument(0)} names no file`, { hint: 'write FOLDER/path/in/it' })
    const { client } = await connect()
    const result = await client.resolveConflict({ ...target, keep })
    output.result(result, () => `Settled: ${result.folder}/${result.path}`)
  },
}
