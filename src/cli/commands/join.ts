import type { Command } from '../command.ts'

export const join: Command = {
  words: 'join',
  synopsis: 'CODE',
  summary: 'Joins the group of the device that made the code.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.joinGroup({ code: argument(0) })
    output.result(result, () => 'Joined. See what is offered: holdfast folder list')
  },
}
