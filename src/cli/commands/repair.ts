import type { Command } from '../command.ts'
import { withProgress } from '../progress.ts'

/** A storage device looks after nothing itself. */
const NOTHING =
  'This device keeps no versions of its own that could be looked at. What it holds for others they bring again: run `holdfast repair` on a device that has the folders.'

export const repair: Command = {
  words: 'repair',
  synopsis: '',
  summary:
    'Looks whether each version is where it is to be, here and on devices that hold blocks for this one, and brings what is lacking. `scrub` reads whether what is here is whole.',
  async run({ connect, output }) {
    const { client, transport } = await connect()
    const result = await withProgress({ transport, output }, 'repair', client.repair({}))
    const { checked, repaired, lacking, notes } = result
    output.result(result, () => {
      if (checked === 0 && lacking === 0) return NOTHING
      const copies = checked === 1 ? '1 copy' : `${checked.toLocaleString('en')} copies`
      return `Looked for ${copies}: ${repaired === 0 ? 'none was to be made again' : `${repaired.toLocaleString('en')} made again`}.`
    })
    for (const { folder, message, hint } of notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}
