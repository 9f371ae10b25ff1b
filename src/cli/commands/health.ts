import type { Command } from '../command.ts'
import { table } from '../text.ts'

export const health: Command = {
  words: 'health',
  synopsis: '',
  summary: 'Whether the daemon is able to serve: exits with 0 if it is.',
  async run({ connect, output }) {
    const { client } = await connect()
    const result = await client.health()
    output.result(result, () =>
      table(
        ['CHECK', '', 'DETAIL'],
        result.checks.map(({ name, ok, detail }) => [name, ok ? 'ok' : 'FAILED', detail]),
      ),
    )
    return result.ok ? 0 : 1
  },
}
