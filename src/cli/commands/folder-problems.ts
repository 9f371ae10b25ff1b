import { problemTrees } from '#api/contract'
import type { Client } from '#api/client'
import { shellWord } from '#base'
import type { Command } from '../command.ts'
import { table } from '../text.ts'

/** Lines shown unless all are asked for. */
const SHOWN = 20

export const folderProblems: Command = {
  words: 'folder problems',
  synopsis: 'FOLDER [--all]',
  summary:
    'Files with versions that are lost, or only on devices that are away, devices that lack what they say they have, and entries that do not sync, each with its reason; a tree with one reason as one, unless --all are to be listed.',
  options: { all: { type: 'boolean' } },
  takes: [1, 1],
  async run({ argument, isSet, json, connect, output }) {
    const { client } = await connect()
    const result = await client.problems({ folder: argument(0) })
    const none = json || result.length > 0 ? '' : await withoutProblems(client, argument(0))
    const trees = isSet('all') ? result.map((problem) => ({ ...problem, below: 0 })) : problemTrees(result)
    const shown = isSet('all') ? trees : trees.slice(0, SHOWN)
    const rows = shown.map(({ path, below, message, hint }) => [
      below === 0 ? path : `${path}/ and ${below} in it`,
      message,
      hint,
    ])
    output.result(result, () => table(['PATH', 'WHY', 'WHAT TO DO'], rows) || none)
    if (shown.length < result.length && !json) {
      const more = trees.length - shown.length
      const all = `holdfast folder problems ${shellWord(argument(0))} --all lists all ${result.length}`
      output.note(more === 0 ? all : `And ${more} more: ${all}`)
    }
  },
}

/** A folder can be kept from syncing as a whole. */
async function withoutProblems(client: Client, ref: string): Promise<string> {
  const { folders } = await client.status()
  const folder = folders.find(({ id, name }) => name === ref || id === ref)
  if (folder === undefined || folder.reasonCode === 'up-to-date') return 'Everything syncs.'
  return `No entry has a problem of its own. ${folder.name} is ${folder.state}: ${folder.reason}`
}
