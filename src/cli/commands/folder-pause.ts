import type { Command } from '../command.ts'
import { parseSeconds } from '../values.ts'

export const folderPause: Command = {
  words: 'folder pause',
  synopsis: 'FOLDER [--for 1h]',
  summary: 'Pauses a folder, for a while or until it is resumed.',
  options: { for: { type: 'string' } },
  takes: [1, 1],
  async run({ argument, text, connect, output }) {
    const time = text('for')
    const forSeconds = time === undefined ? null : parseSeconds(time, '--for')
    const { client } = await connect()
    const result = await client.pauseFolder({ folder: argument(0), forSeconds })
    output.result(result, () => `${argument(0)} is paused ${time === undefined ? 'until it is resumed' : `for ${time}`}.`)
  },
}

export const folderResume: Command = {
  words: 'folder resume',
  synopsis: 'FOLDER',
  summary: 'Resumes a paused folder.',
  takes: [1, 1],
  async run({ argument, connect, output }) {
    const { client } = await connect()
    const result = await client.resumeFolder({ folder: argument(0) })
    output.result(result, () => `${argument(0)} syncs again.`)
  },
}
