import type { Command } from '../command.ts'
import { withProgress } from '../progress.ts'

const LEFT = `This device is on its own now. Its folders and files are where they were, and are synced with nobody.
If it joins the others again, what was changed or deleted in these folders until then, here or there, is changed or deleted
on the other side, too. Only in a folder that is left as well (holdfast folder leave FOLDER), files that were deleted here
until then come back.`

const LEFT_STORAGE = `This device is on its own now. The sealed blocks that it held for the others are still on its disk; it can read none of them.
If it is not to come back to the group: holdfast gc --abandoned frees what they take, once the grace is over (config get gc_grace).`

export const leave: Command = {
  words: 'leave',
  synopsis: '[--now]',
  summary:
    'Hands over what this device holds to those that are to hold it without it, and then leaves the group. Folders and files stay on this device. --now: leaves without handing anything over.',
  options: { now: { type: 'boolean' } },
  async run({ isSet, connect, output }) {
    const { client, transport } = await connect()
    const { device, removed } = await client.status()
    const own = removed ?? (await client.devices()).find((each) => each.device === device)
    const result = await withProgress({ transport, output }, 'leave', client.leaveGroup({ now: isSet('now') }))
    output.result(result, () => (own?.role === 'storage' ? LEFT_STORAGE : LEFT))
    for (const { folder, message, hint } of result.notes) output.note(`${folder}: ${message}\n  ${hint}`)
  },
}
