import type { Command } from '../command.ts'

type Decision = 'approveFolder' | 'rejectFolder' | 'unblockFolder' | 'revertFolder'

function decision(word: string, operation: Decision, summary: string): Command {
  return {
    words: `folder ${word}`,
    synopsis: 'FOLDER',
    summary,
    takes: [1, 1],
    async run({ argument, connect, output }) {
      const { client } = await connect()
      const result = await client[operation]({ folder: argument(0) })
      output.result(result, () => `${argument(0)} is ${result.state} now.`)
    },
  }
}

export const folderApprove = decision('approve', 'approveFolder', 'Lets deletions go out that were held because they were many.')
export const folderReject = decision('reject', 'rejectFolder', 'Brings back what was deleted and held.')
export const folderUnblock = decision('unblock', 'unblockFolder', 'Accepts the directory of a blocked folder as it is now.')
export const folderRevert = decision('revert', 'revertFolder', 'Undoes local edits of a receive-only folder.')
