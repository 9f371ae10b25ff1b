import { localTime } from '#base'
import type { Command } from '../command.ts'
import { parseSeconds, parseWord } from '../values.ts'

export const invite: Command = {
  words: 'invite',
  synopsis: '[--role member|storage] [--expires 15m]',
  summary:
    'A code that lets one device join this group, once. A storage device gets no folder’s key. It is good for 15 minutes, unless --expires says otherwise.',
  options: { role: { type: 'string' }, expires: { type: 'string' } },
  async run({ text, connect, output }) {
    const role = parseWord(text('role') ?? 'member', '--role', ['member', 'storage'])
    const expiresSeconds = parseSeconds(text('expires') ?? '15m', '--expires')
    const { client } = await connect()
    const result = await client.createInvite({ role, expiresSeconds })
    output.result(
      result,
      () =>
        `${result.code}\n\nOn the other device, until ${localTime(result.expires)}: holdfast join CODE\nIt is good once, and until this device is restarted.`,
    )
  },
}
