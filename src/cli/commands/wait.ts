import { sleep, systemClock } from '#base'
import { streamEvents, type Client, type Transport } from '#api/client'
import type { FolderStatus, Progress } from '#api/contract'
import type { Command } from '../command.ts'
import type { Output } from '../output.ts'
import { duration, progressBar, size } from '../text.ts'
import { parseSeconds, parseWord } from '../values.ts'

/** What is waited for is said after so long, and looked at again every so often, ms. */
const FIRST_TOLD_MS = 3_000
const TOLD_AGAIN_MS = 10_000
const MOST_TOLD = 5

export const wait: Command = {
  words: 'wait',
  synopsis: '[--folder F] [--for synced|protected] [--timeout 60s]',
  summary:
    'Scans, then waits until connected devices have all we have, and we all they have; or until all that hold a folder have all its versions.',
  options: { folder: { type: 'string' }, for: { type: 'string' }, timeout: { type: 'string' } },
  async run({ text, connect, output }) {
    const goal = parseWord(text('for') ?? 'synced', '--for', ['synced', 'protected'])
    const timeout = text('timeout')
    const timeoutSeconds = timeout === undefined ? null : parseSeconds(timeout, '--timeout')
    const { client, transport } = await connect()
    const done = new AbortController()
    const bar = output.showsProgress ? showProgress(client, transport, output, text('folder'), done.signal) : undefined
    const telling = tellOfWaiting(client, output, { folder: text('folder'), goal }, done.signal)
    const waiting = client.wait({ folder: text('folder') ?? null, for: goal, timeoutSeconds })
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

/**
 * Says on stderr what is waited for where that takes long, and again when it is something else, until `signal` aborts: nobody is to wonder whether it
 * ever ends. Its failures are nobody's.
 */
async function tellOfWaiting(
  client: Client,
  output: Output,
  { folder, goal }: { folder: string | undefined; goal: 'synced' | 'protected' },
  signal: AbortSignal,
): Promise<void> {
  let told = ''
  try {
    for (let ms = FIRST_TOLD_MS; ; ms = TOLD_AGAIN_MS) {
      await sleep(systemClock, ms, signal)
      const found = await client.obstacles({ ...(folder === undefined ? {} : { folder }), for: goal }, { signal })
      const now = [...new Set(found.map((each) => `${each.folder}: ${each.message}\n  ${each.hint}`))]
        .slice(0, MOST_TOLD)
        .join('\n')
      // How many there are changes all the time.
      const kind = now.replaceAll(/[\d,]+/g, '')
      if (now !== '' && kind !== told) {
        output.endProgress()
        output.note(`Waiting. ${now}`)
      }
      told = kind
    }
  } catch {
    // The command itself meets the same failure, and reports it.
  }
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
