import type { Command } from '../command.ts'

const LEFT = `This device is on its own now. Its folders and files are where they were, and are synced with nobody.
If it joins the others again, what was changed or deleted in these folders until then, here or there, is changed or deleted
on the other side, too. Only in a folder that is left as well (holdfast folder leave FOLDER), files that were deleted here
until then come back.`

export const leave: Command = {
  words: 'leave',
  synopsis: '',
  summary: 'Leaves the group. Folders and files stay on this device.',
  async run({ connect, output }) {
    const { client } = await connect()
    const result = await client.leaveGroup()
    output.result(result, () => LEFT)
  },
}
