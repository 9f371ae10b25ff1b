import type { Command } from '../command.ts'
import { withProgress } from '../progress.ts'
import { size } from '../text.ts'
import { whileWaiting } from '../waiting.ts'

export const rebalance: Command = {
  words: 'rebalance',
  synopsis: '',
  summary:
    'Brings every version now to the devices that are to have it, and waits until that is done. After each change of devices or pledges it is done anyway, in quiet moments.',
  async run({ connect, output }) {
    const { client, transport } = await connect()
    const result = await whileWaiting(client, output, withProgress({ transport, output }, 'rebalance', client.rebalance({})))
    const { epoch, movedBytes, freedBytes, waitingBytes, notes } = result
    output.result(result, () => {
      const moved =
        movedBytes === 0
          ? notes.length === 0
            ? 'Nothing was to be moved'
            : 'Nothing could be moved, though not all is where it is to be'
          : `${size(movedBytes)} moved`
      const freed = freedBytes === 0 ? '' : ` ${size(freedBytes)} freed here.`
      const waiting =
        waitingBytes === 0 ? '' : ` ${size(waitingBytes)} to be freed, where others hold it now, once the grace is over.`
      return `${moved}${epoch === 0 ? '' : `, by layout ${epoch}`}.${freed}${waiting}`
    })
    for (const { folder, message, hint } of notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}
