import type { Client, Transport } from '#api/client'
import type { Standing } from './standing.ts'
import { follow } from './standing.ts'

/** Until a daemon that is gone is looked for again, ms; the longer, the more often in a row. */
const AGAIN_MS = 2_000
const MOST_MS = 60_000

export interface Watching {
  /** Finds the daemon, or starts one. */
  reach: () => Promise<Transport>
  tell: (standing: Standing, api: Client) => void
  /** It is not there, or no more; it is looked for again. */
  gone: (why: unknown) => void
  signal: AbortSignal
}

/** Follows the daemon, and the next one when that is gone. */
export async function watch({ reach, tell, gone, signal }: Watching): Promise<void> {
  let pause = AGAIN_MS
  const heard: typeof tell = (standing, api) => {
    pause = AGAIN_MS
    tell(standing, api)
  }
  while (!signal.aborted) {
    const why = await reach()
      .then((transport) => follow(transport, heard, signal))
      .catch((error: unknown) => error)
    gone(why)
    await new Promise((resolve) => setTimeout(resolve, pause))
    pause = Math.min(2 * pause, MOST_MS)
  }
}

/** Of all folders that this is new for. */
export async function pauseOrResume(
  api: Client,
  { folders }: Standing,
  told: { pause: number | null } | 'resume',
): Promise<void> {
  const wanted = folders.filter(({ state }) => state !== 'offered' && (state === 'paused') === (told === 'resume'))
  await Promise.allSettled(
    wanted.map(({ id: folder }) =>
      told === 'resume' ? api.resumeFolder({ folder }) : api.pauseFolder({ folder, forSeconds: told.pause }),
    ),
  )
}
