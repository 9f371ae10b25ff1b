import type { Command } from '../command.ts'
import { kitNames } from '../kits.ts'

export const join: Command = {
  words: 'join',
  synopsis: 'CODE',
  summary: 'Joins the group of the device that made the code.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const kits = await kitNames(client)
    const result = await client.joinGroup({ code: argument(0) })
    output.result(result, () => 'Joined. See what is offered: holdfast folder list')
    if (kits.length > 0)
      output.note(
        `Of no use any more: ${kits.join(', ')}. A recovery kit is of the group in which it was made.\n  make another one: holdfast recovery export FILE`,
      )
  },
}
