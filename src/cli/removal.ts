import { localTime } from '#base'
import type { Client } from '#api/client'
import type { Status } from '#api/contract'
import type { Output } from './output.ts'

/** What a storage device says in place of a list of folders. */
export const NO_FOLDERS = 'This device holds sealed blocks for the others of its group, and has no folders of its own'

/** Who removed this device from its group, and when; null where nobody has. */
export function removalOf({ removed }: Pick<Status, 'removed'>): string | null {
  return removed === null ? null : `${removed.name} removed this device from its group on ${localTime(removed.time)}`
}

/** Says it on the side: what a list shows looks as if all were well. */
export async function noteRemoval(client: Client, output: Output): Promise<void> {
  // Only a remark: without it the command has done what it is for.
  const removal = await client.status().then(removalOf, () => null)
  if (removal !== null) output.note(`${removal}: holdfast status says what to do.`)
}
