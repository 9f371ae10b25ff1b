import { streamEvents, type Transport } from '#api/client'
import type { Progress } from '#api/contract'
import type { Output } from './output.ts'
import { progressBar, size } from './text.ts'

/** Waits for long work, and draws on a terminal how far the command is. Only a decoration: its failures are nobody's. */
export async function withProgress<T>(
  { transport, output }: { transport: Transport; output: Output },
  command: Progress['command'],
  work: Promise<T>,
): Promise<T> {
  const done = new AbortController()
  const bar = output.showsProgress ? draw(transport, output, command, done.signal) : undefined
  await work.catch(() => undefined)
  done.abort()
  await bar
  output.endProgress()
  return work
}

async function draw(transport: Transport, output: Output, command: string, signal: AbortSignal): Promise<void> {
  try {
    for await (const { event, data } of streamEvents(transport, signal)) {
      if (event !== 'progress' || data.command !== command) continue
      const { done, total, unit } = data
      const count = unit === 'bytes' ? `${size(done)} of ${size(total)}` : `${done} of ${total} ${unit}`
      output.progress(`${progressBar(total === 0 ? 1 : done / total)} ${count}`)
    }
  } catch {
    // The command itself meets the same failure, and reports it.
  }
}
