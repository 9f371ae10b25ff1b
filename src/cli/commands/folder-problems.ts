import type { Client } from '#api/client'
import type { Command } from '../command.ts'
import { table } from '../text.ts'

export const folderProblems: Command = {
  words: 'folder problems',
  synopsis: 'FOLDER',
  summary: 'Entries that do not sync, each with its reason.',
  takes: [1, 1],
  async run({ argument, json, connect, output }) {
    const { client } = await connect()
    const result = await client.problems({ folder: argument(0) })
    const rows = result.map(({ path, message, hint }) => [path, message, hint])
    const none = json || rows.length > 0 ? '' : await withoutProblems(client, argument(0))
    output.result(result, () => table(['PATH', 'WHY', 'WHAT TO DO'], rows) || none)
  },
}

/** A folder can be kept from syncing as a whole. */
async function withoutProblems(client: Client, ref: string): Promise<string> {
  const { folders } = await client.status()
  const folder = folders.find(({ id, name }) => name === ref || id === ref)
  if (folder === undefined || folder.reasonCode === 'up-to-date') return 'Everything syncs.'
  return `No entry has a problem of its own. ${folder.name} is ${folder.state}: ${folder.reason}`
}
