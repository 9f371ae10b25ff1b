import type { Command } from '../command.ts'

export const supportBundle: Command = {
  words: 'support-bundle',
  synopsis: 'FILE',
  summary: 'Writes logs, settings without secrets, and versions into a file.',
  takes: [1, 1],
  async run({ argument, resolve, connect, output }) {
    const { client } = await connect()
    const result = await client.supportBundle({ file: resolve(argument(0)) })
    output.result(result, () => `Written: ${result.file}`)
  },
}
