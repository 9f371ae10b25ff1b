import { streamEvents, type Client, type Transport } from '#api/client'
import type { FolderStatus, Progress } from '#api/contract'
import type { Command } from '../command.ts'
import type { Output } from '../output.ts'
import { duration, progressBar, size } from '../text.ts'
import { parseFolder, parseSeconds, parseWord } from '../values.ts'
import { tellOfWaiting } from '../waiting.ts'

export const wait: Command = {
  words: 'wait',
  synopsis: '[--folder F] [--for synced|protected] [--timeout 60s]',
  summary:
    'Scans, then waits until connected devices have all we have, and we all they have; or until all that hold a folder have all its versions. It waits as long as that takes, or as --timeout says.',
  options: { folder: { type: 'string' }, for: { type: 'string' }, timeout: { type: 'string' } },
  async run({ text, connect, output }) {
    const named = text('folder')
    const folder = named === undefined ? undefined : parseFolder(named, 'wait --folder')
    const goal = parseWord(text('for') ?? 'synced', '--for', ['synced', 'protected'])
    const timeout = text('timeout')
    const timeoutSeconds = timeout === undefined ? null : parseSeconds(timeout, '--timeout')
    const { client, transport } = await connect()
    const done = new AbortController()
    const bar = output.showsProgress ? showProgress(client, transport, output, folder, done.signal) : undefined
    const telling = tellOfWaiting(client, output, { folder, goal }, done.signal)
    const waiting = client.wait({ folder: folder ?? null, for: goal, timeoutSeconds })
    await waiting.catch(() => undefined)
    done.abort()
    await Promise.all([bar, telling])
    output.endProgress()
    const result = await waiting
    output.result(result, () => `${goal === 'protected' ? 'Protected' : 'Synced'} after ${duration(result.seconds)}.`)
    // Only remarks: what was waited for is done.
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}

/** Draws what is still to come, and then what is to be protected, until `signal` aborts. Only a decoration: its failures are nobody's. */
async function showProgress(
  client: Client,
  transport: Transport,
  output: Output,
  ref: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const folders = new Map<string, FolderStatus>()
  let most = 0
  const draw = (folder: FolderStatus): void => {
    if (ref !== undefined && ref !== folder.name && ref !== folder.id) return
    folders.set(folder.id, folder)
    const left = [...folders.values()].reduce((sum, { needBytes }) => sum + needBytes, 0)
    most = Math.max(most, left)
    // Of what is to come to other devices nothing is known here but that it is.
    if (left > 0) output.progress(`${progressBar(1 - left / most)} ${size(left)} to come`)
  }
  const drawCopies = ({ done, total, folder }: Progress): void => {
    if (![...folders.values()].some(({ name }) => name === folder)) return
    output.progress(`${progressBar(total === 0 ? 1 : done / total)} ${folder}: ${done} of ${total} copies of versions`)
  }
  try {
    for (const folder of (await client.status({}, { signal })).folders) draw(folder)
    for await (const { event, data } of streamEvents(transport, signal)) {
      if (event === 'folder') draw(data)
      if (event === 'progress' && data.command === 'wait') drawCopies(data)
    }
  } catch {
    // The command itself meets the same failure, and reports it.
  }
}
