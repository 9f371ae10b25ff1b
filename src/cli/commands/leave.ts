import type { Command } from '../command.ts'
import { withProgress } from '../progress.ts'

const LEFT = `This device is on its own now. Its folders and files are where they were, and are synced with nobody.
If it joins the others again, what was changed or deleted in these folders until then, here or there, is changed or deleted
on the other side, too. Only in a folder that is left as well (holdfast folder leave FOLDER), files that were deleted here
until then come back.`

export const leave: Command = {
  words: 'leave',
  synopsis: '[--now]',
  summary:
    'Hands over what this device holds to those that are to hold it without it, and then leaves the group. Folders and files stay on this device. --now: leaves without handing anything over.',
  options: { now: { type: 'boolean' } },
  async run({ isSet, connect, output }) {
    const { client, transport } = await connect()
    const result = await withProgress({ transport, output }, 'leave', client.leaveGroup({ now: isSet('now') }))
    output.result(result, () => LEFT)
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}
