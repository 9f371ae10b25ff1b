import { HoldfastError, localTime, shellWord } from '#base'
import type { Conflict } from '#api/contract'
import type { Command } from '../command.ts'
import { table } from '../text.ts'
import { parseTarget, parseWord } from '../values.ts'

export const conflicts: Command = {
  words: 'conflicts',
  synopsis: '',
  summary: 'Files that were changed on two devices at once; each change is kept.',
  async run({ connect, output }) {
    const { client } = await connect()
    const result = (await client.conflicts()).toSorted((a, b) => (targetOf(a) < targetOf(b) ? -1 : 1))
    const rows = result.map((one) => [targetOf(one), one.shownBy, one.with, one.by, localTime(one.time)])
    output.result(result, () => table(['TARGET', 'WRITTEN BY', 'OTHER VERSION', 'WRITTEN BY', 'TIME'], rows) || 'No conflicts.')
  },
}

function targetOf({ folder, path }: Conflict): string {
  return `${folder}/${path}`
}

export const conflictsResolve: Command = {
  words: 'conflicts resolve',
  synopsis: 'TARGET --keep mine|theirs|both [--by DEVICE]',
  summary:
    'Settles a conflict: keeps what this device wrote, what another one wrote (--by says which, where several did), or both under names of their own.',
  options: { keep: { type: 'string' }, by: { type: 'string' } },
  takes: [1, 1],
  async run({ argument, text, connect, output }) {
    const wanted = text('keep')
    if (wanted === undefined)
      throw new HoldfastError('usage', 'say what to keep: --keep mine, theirs or both', {
        hint: '`mine` is what this device wrote, `theirs` what another one wrote; holdfast conflicts lists who wrote what',
      })
    const keep = parseWord(wanted, '--keep', ['mine', 'theirs', 'both'])
    const target = parseTarget(argument(0))
    if (target.path === '') throw new HoldfastError('usage', `${argument(0)} names no file`, { hint: 'write FOLDER/path/in/it' })
    const device = text('by')
    if (device !== undefined && keep !== 'theirs')
      throw new HoldfastError('usage', '--by DEVICE says whose version to keep, and goes with --keep theirs', {
        hint: `holdfast conflicts resolve ${shellWord(argument(0))} --keep theirs --by ${shellWord(device)}`,
      })
    const { client } = await connect()
    const result = await client.resolveConflict({ ...target, keep, ...(device === undefined ? {} : { device }) })
    output.result(result, () => `Settled: ${result.folder}/${result.path}`)
  },
}
