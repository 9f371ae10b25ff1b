import { localTime } from '#base'
import type { Retention, RetentionPolicy, Verdict } from '#api/contract'
import type { Command } from '../command.ts'
import { size, table } from '../text.ts'

/** In the order in which they are shown. */
const FLAGS = [
  'keep-last',
  'keep-hourly',
  'keep-daily',
  'keep-weekly',
  'keep-monthly',
  'keep-yearly',
  'keep-within',
] as const satisfies readonly (keyof RetentionPolicy)[]

export const retentionShow: Command = {
  words: 'retention show',
  synopsis: 'FOLDER',
  summary: 'Which versions the policy of a folder keeps, which it does not, and why.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.retention({ folder: argument(0) })
    output.result(result, () => explained(result))
  },
}

export const retentionSet: Command = {
  words: 'retention set',
  synopsis: `FOLDER ${FLAGS.map((flag) => `[--${flag} ${flag === 'keep-within' ? 'D' : 'N'}]`).join(' ')} [--dry-run]`,
  summary:
    'Sets which versions a folder keeps, on all its devices: those that any of the rules keeps; without any rule all. N is a number or `unlimited`, D a span like 1y2m3d4h. --dry-run only shows what that would mean.',
  options: { ...Object.fromEntries(FLAGS.map((flag) => [flag, { type: 'string' } as const])), 'dry-run': { type: 'boolean' } },
  takes: [1, 1],
  async run({ argument, text, isSet, connect, output }) {
    const policy: RetentionPolicy = {}
    for (const flag of FLAGS) {
      const word = text(flag)
      if (word !== undefined) policy[flag] = word
    }
    const { client } = await connect()
    const dryRun = isSet('dry-run')
    const result = await client.setRetention({ folder: argument(0), policy, dryRun })
    output.result(result, () => `${explained(result)}${dryRun ? '\nNothing was changed.' : ''}`)
  },
}

/** What people are told: what does not stay, what stays though it is not what its path is now, and how much that is. */
function explained({ policy, history, keep, forget, kept, forgotten }: Retention): string {
  if (history === 'off') return 'No history is kept: what is replaced or deleted in this folder is not stored.'
  const rules = FLAGS.flatMap((flag) => (policy[flag] === undefined ? [] : [`--${flag} ${policy[flag]}`]))
  const past = keep.filter(({ reasons }) => !reasons.includes('current'))
  const rows = [...rowsOf('keep', past), ...rowsOf('forget', forget)]
  const left = kept + forgotten - keep.length - forget.length
  return [
    `Policy: ${rules.length === 0 ? 'none, all versions are kept' : rules.join(' ')}`,
    ...(rows.length === 0 ? [] : ['', table(['', 'PATH', 'VERSION', 'TIME', 'SIZE', 'WHY'], rows), '']),
    `Versions: ${kept} kept, ${past.length} of them no longer current; ${forgotten} not kept.${left > 0 ? ` ${left} are not listed here.` : ''}`,
  ].join('\n')
}

function rowsOf(word: string, verdicts: readonly Verdict[]): (string | null)[][] {
  return verdicts.map(({ path, version, time, kind, size: bytes, reasons }) => [
    word,
    path,
    version.slice(0, 12),
    localTime(time),
    kind === 'file' ? size(bytes) : kind === 'tombstone' ? 'deleted' : kind,
    reasons.join('; '),
  ])
}
