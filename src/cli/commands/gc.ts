import { streamEvents, type Transport } from '#api/client'
import type { Command } from '../command.ts'
import type { Output } from '../output.ts'
import { size } from '../text.ts'

const BAR_WIDTH = 30

export const gc: Command = {
  words: 'gc',
  synopsis: '[--dry-run]',
  summary:
    'Forgets versions that the retention policies do not keep, and frees what nothing has needed for a day (config set gc_grace). It is done daily anyway.',
  options: { 'dry-run': { type: 'boolean' } },
  async run({ isSet, connect, output }) {
    const dryRun = isSet('dry-run')
    const { client, transport } = await connect()
    const done = new AbortController()
    const bar = output.showsProgress ? showProgress(transport, output, done.signal) : undefined
    const working = client.gc({ dryRun })
    await working.catch(() => undefined)
    done.abort()
    await bar
    output.endProgress()
    const result = await working
    const { freedBytes, blocks, waitingBytes, waitingBlocks, forgotten } = result
    output.result(result, () =>
      [
        ...(forgotten > 0 ? [`${counted(forgotten, 'version')} forgotten.`] : []),
        `${size(freedBytes)} ${dryRun ? 'would be freed now' : 'freed'}, in ${counted(blocks, 'block')}.`,
        ...(waitingBlocks > 0
          ? [`${size(waitingBytes)} more in ${counted(waitingBlocks, 'block')}, once the grace is over.`]
          : []),
      ].join('\n'),
    )
    for (const { folder, message } of result.notes) output.note(`${folder}: nothing more is freed now: ${message}`)
  },
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** Draws how far it is until `signal` aborts. Only a decoration: its failures are nobody's. */
async function showProgress(transport: Transport, output: Output, signal: AbortSignal): Promise<void> {
  try {
    for await (const { event, data } of streamEvents(transport, signal)) {
      if (event !== 'progress' || data.command !== 'gc') continue
      const filled = data.total === 0 ? 0 : Math.round((data.done / data.total) * BAR_WIDTH)
      output.progress(`[${'#'.repeat(filled).padEnd(BAR_WIDTH, '-')}] ${data.done} of ${data.total} blocks looked at`)
    }
  } catch {
    // The command itself meets the same failure, and reports it.
  }
}
