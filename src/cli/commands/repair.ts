import type { RepairResult } from '#api/contract'
import type { Command } from '../command.ts'
import { healing } from '../healing.ts'
import { withProgress } from '../progress.ts'
import { whileWaiting } from '../waiting.ts'

export const repair: Command = {
  words: 'repair',
  synopsis: '',
  summary:
    'Looks whether each version is where it is to be, here and on devices that hold blocks for this one, and brings what is lacking; for what cannot be had it waits up to a minute. It ends with 0 also where something is lacking still, and says what. `scrub` reads whether what is here is whole.',
  async run({ connect, output }) {
    const { client, transport } = await connect()
    const result = await whileWaiting(client, output, withProgress({ transport, output }, 'repair', client.repair({})))
    output.result(result, () => describe(result))
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}

function describe({ checked, repaired, lacking, files, damaged, elsewhere, ...rest }: RepairResult): string {
  const lines: string[] = []
  if (checked > 0 || lacking > 0)
    lines.push(
      `Looked for ${counted(checked, 'copy', 'copies')}: ${repaired === 0 ? 'none was' : `${counted(repaired)} were`} made again.`,
    )
  lines.push(
    `Looked for ${counted(files, 'file', 'files')} of blocks here: ${damaged === 0 ? 'none is missing' : `${counted(damaged, 'piece is', 'pieces are')} missing or damaged in this store, ${healing(rest)}`}.`,
  )
  for (const { folder, device, missing, repaired: brought } of elsewhere)
    lines.push(`${folder}: ${device} lacked ${counted(missing, 'copy', 'copies')}, and was brought ${counted(brought)}.`)
  // A storage device cannot tell what it lacks.
  if (checked === 0 && lacking === 0)
    lines.push(
      'Whether all is here and elsewhere that is to be can be looked for on a device that has the folders: holdfast repair',
    )
  return lines.join('\n')
}

function counted(number: number, one = '', more = ''): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : more}`.trimEnd()
}
