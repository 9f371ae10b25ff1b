import type { Command } from '../command.ts'

export const folderLeave: Command = {
  words: 'folder leave',
  synopsis: 'FOLDER',
  summary: 'Takes no part in a folder any more. Files stay on disk.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.leaveFolder({ folder: argument(0) })
    output.result(result, () => `${argument(0)} is no longer synced here. Its files are where they were.`)
  },
}
