import { HoldfastError, shellWord } from '#base'
import type { Command } from '../command.ts'
import { parseFile, parseVersion } from '../values.ts'

export const pin: Command = pinning('pin', 'Keeps a version, whatever the retention policy says.', 'Pinned')
export const unpin: Command = pinning('unpin', 'Leaves a pinned version to the retention policy again.', 'No longer pinned')

function pinning(words: 'pin' | 'unpin', summary: string, done: string): Command {
  return {
    words,
    synopsis: 'TARGET --version V',
    summary,
    options: { version: { type: 'string' } },
    takes: [1, 1],
    async run({ argument, text, connect, output }) {
      const target = parseFile(argument(0))
      const version = text('version')
      if (version === undefined) {
        throw new HoldfastError('usage', 'say which version: --version V', {
          hint: `holdfast versions ${shellWord(argument(0))} lists them`,
        })
      }
      const { client } = await connect()
      const result = await client[words]({ ...target, version: parseVersion(version, argument(0)) })
      output.result(result, () => `${done}: ${target.folder}/${result.path}, version ${result.version}`)
    },
  }
}
