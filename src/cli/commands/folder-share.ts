import type { Command } from '../command.ts'
import { parseWord } from '../values.ts'

export const folderShare: Command = {
  words: 'folder share',
  synopsis: 'FOLDER DEVICE|all [--role sync|send-only|receive-only|none]',
  summary: 'Says what a device may do in a folder.',
  options: { role: { type: 'string' } },
  takes: [2, 2],
  async run({ argument, text, connect, output }) {
    const role = parseWord(text('role') ?? 'sync', '--role', ['sync', 'send-only', 'receive-only', 'none'])
    const { client } = await connect()
    const result = await client.shareFolder({ folder: argument(0), device: argument(1), role })
    const kept = result.kept.map(({ name, role: other }) => `${name} (${other})`).join(', ')
    const but = kept === '' ? '' : `, but for those with a role of their own: ${kept}`
    output.result(result, () => `${argument(1)}: ${result.role} in ${argument(0)}${but}.`)
  },
}
