import type { Client } from '#api/client'
import { shellWord } from '#base'
import type { Output } from './output.ts'

/** What the recovery kits of the group are called. */
export async function kitNames(client: Client): Promise<string[]> {
  return (await client.devices()).filter(({ role }) => role === 'recovery').map(({ name }) => name)
}

/** A kit outlives whoever made it, for that is what it is for; who was put out may have a copy. */
export async function noteKits(client: Client, output: Output): Promise<void> {
  const names = await kitNames(client)
  if (names.length === 0) return
  output.note(
    `Whoever has a recovery kit can still come in: ${names.join(', ')}\n  remove those that somebody else may have: ${names.map((name) => `holdfast devices remove ${shellWord(name)}`).join('; ')}`,
  )
}
