import type { Folder } from '#api/contract'
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
    const isAny = result.some(({ outOfReach }) => outOfReach.length > 0)
    output.result(
      result,
      () =>
        table(
          ['NAME', 'ID', 'ROLE', 'COPIES', 'PLACE', ...(isAny ? ['OUT OF REACH'] : [])],
          result.map(({ name, id, role, path, offered, copies, wantedCopies, outOfReach }) => [
            name,
            id,
            role,
            copies === null ? null : copies < (wantedCopies ?? 0) ? `${copies} of ${wantedCopies}` : copies,
            offered ? `offered: holdfast folder join ${shellWord(name)} PATH` : (path ?? 'online only'),
            ...(isAny ? [away(outOfReach)] : []),
          ]),
        ) || (isStorage ? NO_FOLDERS : 'No folders yet: holdfast folder create PATH'),
    )
    await noteRemoval(client, output)
  },
}

/** `12 versions on attic` */
function away(all: Folder['outOfReach']): string | null {
  if (all.length === 0) return null
  const versions = all.reduce((sum, each) => sum + each.versions, 0)
  const names = new Set(all.flatMap(({ devices }) => devices.map(({ name }) => name)))
  return `${versions === 1 ? '1 version' : `${versions} versions`} on ${[...names].join(', ')}`
}
