import type { Command } from '../command.ts'

export const folderJoin: Command = {
  words: 'folder join',
  synopsis: 'FOLDER [PATH]',
  summary: 'Takes part in an offered folder: its files come to PATH. To do without one is not in this version yet.',
  takes: [1, 2],
  async run({ args, argument, resolve, connect, output }) {
    const { client } = await connect()
    const result = await client.joinFolder({ folder: argument(0), path: args[1] === undefined ? null : resolve(args[1]) })
    output.result(result, () => `${result.name} comes to ${result.path ?? 'this device'}.`)
  },
}
