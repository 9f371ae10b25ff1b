import type { Command } from '../command.ts'

type Decision = 'approveFolder' | 'rejectFolder' | 'unblockFolder' | 'revertFolder'

/** `idle`: what is said when there is nothing to decide. */
function decision(word: string, operation: Decision, summary: string, idle: string): Command {
  return {
    words: `folder ${word}`,
    synopsis: 'FOLDER',
    summary,
    takes: [1, 1],
    async run({ argument, connect, output }) {
      const { client } = await connect()
      const result = await client[operation]({ folder: argument(0) })
      output.result(result, () =>
        result.changed === 0
          ? `Nothing to do: ${argument(0)} ${idle}. It is ${result.state}.`
          : `${argument(0)} is ${result.state} now.`,
      )
    },
  }
}

const NONE_HELD = 'has no deletions held back'

export const folderApprove = decision(
  'approve',
  'approveFolder',
  'Lets deletions go out that were held because they were many.',
  NONE_HELD,
)
export const folderReject = decision('reject', 'rejectFolder', 'Brings back what was deleted and held.', NONE_HELD)
export const folderUnblock = decision(
  'unblock',
  'unblockFolder',
  'Accepts the directory of a blocked folder as it is now.',
  'is not blocked',
)
export const folderRevert = decision(
  'revert',
  'revertFolder',
  'Undoes local edits of a receive-only folder.',
  'has no local edits to undo',
)
