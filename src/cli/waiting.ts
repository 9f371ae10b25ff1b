import { sleep, systemClock } from '#base'
import type { Client } from '#api/client'
import type { Output } from './output.ts'

/** What is waited for is said after so long, and looked at again every so often, ms. */
const FIRST_TOLD_MS = 3_000
const TOLD_AGAIN_MS = 10_000
const MOST_TOLD = 5

/**
 * Says on stderr what is waited for where that takes long, and again when it is something else, until `signal` aborts: nobody is to wonder whether it
 * ever ends. Its failures are nobody's.
 */
export async function tellOfWaiting(
  client: Client,
  output: Output,
  { folder, goal }: { folder: string | undefined; goal: 'synced' | 'protected' },
  signal: AbortSignal,
): Promise<void> {
  let told = ''
  try {
    for (let ms = FIRST_TOLD_MS; ; ms = TOLD_AGAIN_MS) {
      await sleep(systemClock, ms, signal)
      const found = await client.obstacles({ ...(folder === undefined ? {} : { folder }), for: goal }, { signal })
      const now = [...new Set(found.map((each) => `${each.folder}: ${each.message}\n  ${each.hint}`))]
        .slice(0, MOST_TOLD)
        .join('\n')
      // How many there are changes all the time.
      const kind = now.replaceAll(/[\d,]+/g, '')
      if (now !== '' && kind !== told) {
        output.endProgress()
        output.note(`Waiting. ${now}`)
      }
      told = kind
    }
  } catch {
    // The command itself meets the same failure, and reports it.
  }
}

/** The same while something is done that brings versions to where they are to be. */
export async function whileWaiting<T>(client: Client, output: Output, work: Promise<T>): Promise<T> {
  const done = new AbortController()
  const telling = tellOfWaiting(client, output, { folder: undefined, goal: 'protected' }, done.signal)
  await work.catch(() => undefined)
  done.abort()
  await telling
  return work
}
