import { shellWord } from '#base'
import type { Command } from '../command.ts'
import { noteRemoval } from '../removal.ts'
import { table } from '../text.ts'

export const folderList: Command = {
  words: 'folder list',
  synopsis: '',
  summary: 'My folders, and those that the group offers.',
  async run({ connect, output }) {
    const { client } = await connect()
    const result = await client.folders()
    output.result(
      result,
      () =>
        table(
          ['NAME', 'ID', 'ROLE', 'PLACE'],
          result.map(({ name, id, role, path, offered }) => [
            name,
            id,
            role,
            offered ? `offered: holdfast folder join ${shellWord(name)} PATH` : (path ?? 'online only'),
          ]),
        ) || 'No folders yet: holdfast folder create PATH',
    )
    await noteRemoval(client, output)
  },
}
