import { streamEvents, type Transport } from '#api/client'
import type { Command } from '../command.ts'
import type { Output } from '../output.ts'
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
    const done = new AbortController()
    const shown = output.showsProgress ? showProgress(transport, output, done.signal) : undefined
    const scrubbing = client.scrub({ samplePercent })
    await scrubbing.catch(() => undefined)
    done.abort()
    await shown
    output.endProgress()
    const result = await scrubbing
    output.result(result, () => {
      const blocks = result.checked === 1 ? '1 block' : `${result.checked.toLocaleString('en')} blocks`
      const found = result.damaged === 0 ? 'none is damaged' : `${result.damaged} damaged or lost, ${result.healed} healed`
      return `Checked ${blocks}: ${found}.`
    })
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}

/** Tells how far it is until `signal` aborts. Only a decoration: its failures are nobody's. */
async function showProgress(transport: Transport, output: Output, signal: AbortSignal): Promise<void> {
  try {
    for await (const { event, data } of streamEvents(transport, signal)) {
      if (event !== 'scrub') continue
      const found = data.damaged === 0 ? '' : `, ${data.damaged} damaged`
      output.progress(`${data.checked} of ${data.blocks} blocks checked${found}`)
    }
  } catch {
    // The command itself meets the same failure, and reports it.
  }
}
