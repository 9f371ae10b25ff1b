import type { Client } from '#api/client'
import type { Setting } from '#api/contract'
import type { Output } from './output.ts'
import { size } from './text.ts'

/** What a device can hold, where that is less than its pledge is set to; null where it is not. */
export function heldBack({ key, value, running }: Setting): string | null {
  if (key !== 'pledge' || typeof value !== 'number' || typeof running !== 'number' || running >= value) return null
  return `Of a pledge of ${size(value)} this device can hold ${size(running)} for now, for its disk has no room for more, or its pledge was full: the group places so much on it.`
}

/** Says it on the side: a list shows what it can hold, and not why. */
export async function notePledge(client: Client, output: Output): Promise<void> {
  // Only a remark: without it the command has done what it is for.
  const words = await client.configGet({ key: 'pledge' }).then(heldBack, () => null)
  if (words !== null) output.note(words)
}
