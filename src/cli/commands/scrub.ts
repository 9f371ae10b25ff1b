import type { Command } from '../command.ts'
import { healing } from '../healing.ts'
import { withProgress } from '../progress.ts'
import { parsePercent } from '../values.ts'

export const scrub: Command = {
  words: 'scrub',
  synopsis: '[--sample 10%]',
  summary: 'Reads every block of the store, or some taken at random, and gets again what is damaged.',
  options: { sample: { type: 'string' } },
  async run({ text, connect, output }) {
    const sample = text('sample')
    const samplePercent = sample === undefined ? 100 : parsePercent(sample, '--sample')
    const { client, transport } = await connect()
    const result = await withProgress({ transport, output }, 'scrub', client.scrub({ samplePercent }))
    output.result(result, () => {
      const blocks = result.checked === 1 ? '1 block' : `${result.checked.toLocaleString('en')} blocks`
      return `Checked ${blocks}: ${result.damaged === 0 ? 'none is damaged' : `${result.damaged} damaged or lost, ${healing(result)}`}.`
    })
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}
