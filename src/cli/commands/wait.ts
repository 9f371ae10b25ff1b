import { streamEvents, type Client, type Transport } from '#api/client'
import type { FolderStatus } from '#api/contract'
import type { Command } from '../command.ts'
import type { Output } from '../output.ts'
import { duration, size } from '../text.ts'
import { parseSeconds, parseWord } from '../values.ts'

const BAR_WIDTH = 30

export const wait: Command = {
  words: 'wait',
  synopsis: '[--folder F] [--for synced|protected] [--timeout 60s]',
  summary: 'Scans, then waits until connected devices have all we have, and we all they have.',
  options: { folder: { type: 'string' }, for: { type: 'string' }, timeout: { type: 'string' } },
  async run({ text, connect, output }) {
    const goal = parseWord(text('for') ?? 'synced', '--for', ['synced', 'protected'])
    const timeout = text('timeout')
    const timeoutSeconds = timeout === undefined ? null : parseSeconds(timeout, '--timeout')
    const { client, transport } = await connect()
    const done = new AbortController()
    const bar = output.showsProgress ? showProgress(client, transport, output, text('folder'), done.signal) : undefined
    let seconds: number
    try {
      ;({ seconds } = await client.wait({ folder: text('folder') ?? null, for: goal, timeoutSeconds }))
    } finally {
      done.abort()
      await bar
      output.endProgress()
    }
    output.result({ synced: true, seconds }, () => `Synced after ${duration(seconds)}.`)
    // Only a remark: what was waited for is done.
    for (const reason of await waitsElsewhere(client, text('folder')).catch(() => [])) output.note(reason)
  },
}

/** Why more may come all the same: what another device has is synced, but not what waits there for its user. */
async function waitsElsewhere(client: Client, ref: string | undefined): Promise<string[]> {
  const { folders } = await client.status()
  return folders
    .filter(({ id, name, reasonCode }) => reasonCode === 'waits-elsewhere' && (ref === undefined || ref === name || ref === id))
    .map(({ name, reason }) => `${name}: ${reason}`)
}

/** Draws what is still to come until `signal` aborts. Only a decoration: its failures are nobody's. */
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
    const filled = most === 0 ? 0 : Math.round((1 - left / most) * BAR_WIDTH)
    output.progress(`[${'#'.repeat(filled).padEnd(BAR_WIDTH, '-')}] ${size(left)} to come`)
  }
  try {
    for (const folder of (await client.status({}, { signal })).folders) draw(folder)
    for await (const { event, data } of streamEvents(transport, signal)) {
      if (event === 'folder') draw(data)
    }
  } catch {
    // The command itself meets the same failure, and reports it.
  }
}
