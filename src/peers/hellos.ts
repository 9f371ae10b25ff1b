import { HoldfastError, type Clock } from '#base'
import { decodeControl, encodeControl, type Hello } from './control.ts'
import type { FramedLink } from './framed-link.ts'

/** How long a greeting may take, streams included. */
export const GREETING_MS = 15_000

/** Says hello and waits for the other's. What comes after it waits until `proceed` is called. */
export function exchangeHellos(link: FramedLink, own: Hello, clock: Clock): Promise<{ hello: Hello; proceed: () => void }> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(GREETING_MS, () => reject(new HoldfastError('timeout', `${link.device} did not say hello`)))
    link.closed.addEventListener('abort', () => {
      timer.cancel()
      reject(link.closed.reason as Error)
    })
    link.onMessage((bytes) => {
      timer.cancel()
      const hello = decodeControl(bytes)
      if (hello?.kind !== 'hello') throw new HoldfastError('corrupt', `${link.device} did not begin with hello`)
      return new Promise<void>((proceed) => resolve({ hello, proceed }))
    })
    link.send(encodeControl(own)).catch(reject)
  })
}
