import { shellWord } from '#base'
import type { Command } from '../command.ts'

export const folderJoin: Command = {
  words: 'folder join',
  synopsis: 'FOLDER [PATH]',
  summary:
    'Takes part in an offered folder: its files come to PATH. Without PATH it is online-only: files are fetched when they are read.',
  takes: [1, 2],
  async run({ args, argument, resolve, connect, output }) {
    const { client } = await connect()
    const result = await client.joinFolder({ folder: argument(0), path: args[1] === undefined ? null : resolve(args[1]) })
    const { name, path } = result
    const online = `${name} is online-only here: holdfast ls ${shellWord(name)} lists it, holdfast get TARGET reads a file of it.`
    output.result(result, () => (path === null ? online : `${name} comes to ${path}.`))
  },
}
