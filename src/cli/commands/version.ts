import type { Command } from '../command.ts'
import { VERSION } from '../version.ts'

export const version: Command = {
  words: 'version',
  synopsis: '',
  summary: 'Which Holdfast this is.',
  run({ output }) {
    output.result({ version: VERSION, node: process.versions.node }, () => `holdfast ${VERSION} (node ${process.versions.node})`)
    return Promise.resolve()
  },
}
