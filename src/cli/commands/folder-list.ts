import { shellWord } from '#base'
import type { Command } from '../command.ts'
import { NO_FOLDERS, noteRemoval } from '../removal.ts'
import { table } from '../text.ts'

export const folderList: Command = {
  words: 'folder list',
  synopsis: '',
  summary: 'My folders, and those that the group offers.',
  async run({ connect, output }) {
    const { client } = await connect()
    const [result, devices, { device }] = await Promise.all([client.folders(), client.devices(), client.status()])
    const isStorage = devices.some((each) => each.device === device && each.role === 'storage')
    output.result(
      result,
      () =>
        table(
          ['NAME', 'ID', 'ROLE', 'COPIES', 'PLACE'],
          result.map(({ name, id, role, path, offered, copies, wantedCopies }) => [
            name,
            id,
            role,
            copies === null ? null : copies < (wantedCopies ?? 0) ? `${copies} of ${wantedCopies}` : copies,
            offered ? `offered: holdfast folder join ${shellWord(name)} PATH` : (path ?? 'online only'),
          ]),
        ) || (isStorage ? NO_FOLDERS : 'No folders yet: holdfast folder create PATH'),
    )
    await noteRemoval(client, output)
  },
}
