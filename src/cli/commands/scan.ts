import type { Command } from '../command.ts'
import { duration } from '../text.ts'

export const scan: Command = {
  words: 'scan',
  synopsis: '[FOLDER]',
  summary: 'Looks for changes on disk now; without FOLDER in all folders but those that are paused.',
  takes: [0, 1],
  async run({ args, connect, output }) {
    const { client } = await connect()
    const result = await client.scan({ folder: args[0] ?? null })
    // The daemon hears of changes by itself, mostly before a command has started.
    const found = result.changed === 0 ? 'Nothing new' : `${result.changed} changed`
    output.result(result, () => `${found}, looked at in ${duration(result.seconds)}.`)
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}
