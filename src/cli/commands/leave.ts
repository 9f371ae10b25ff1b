import type { Command } from '../command.ts'

export const leave: Command = {
  words: 'leave',
  synopsis: '',
  summary: 'Leaves the group. Files stay on disk.',
  async run({ connect, output }) {
    const { client } = await connect()
    const result = await client.leaveGroup()
    output.result(result, () => 'This device is on its own now. Its files are where they were.')
  },
}
