import type { ChildName, ChildPort, Spawner } from '#base'

/** What a utility process of Electron has in place of `process.send`. */
interface ParentPort {
  on(name: 'message', listener: (event: { data: unknown }) => void): void
  postMessage(message: unknown): void
}

/** What the host says of a child: a message out of it, or that it has ended. */
type FromHost = { child: number; message: unknown } | { child: number; exited: number }

/**
 * Children where this process is one of the desktop app's: there `fork` is off, so the app starts them (`electron/daemon.ts`), and passes
 * on what goes between. Anywhere else they are those of `spawner`, as threads always are.
 */
export function hosted(spawner: Spawner, port = (process as { parentPort?: ParentPort }).parentPort): Spawner {
  if (port === undefined) return spawner
  const children = new Map<number, (told: FromHost) => void>()
  let last = 0
  port.on('message', ({ data }) => {
    if (typeof data === 'object' && data !== null && 'child' in data) children.get((data as FromHost).child)?.(data as FromHost)
  })
  return { ...spawner, child: (name) => childOf(name, ++last) }

  function childOf(name: ChildName, child: number): ChildPort {
    const messages: ((message: unknown) => void)[] = []
    const exits: ((error: Error | undefined) => void)[] = []
    let isStopping = false
    const ended = new Promise<void>((resolve) => {
      children.set(child, (told) => {
        if ('message' in told) return messages.forEach((listener) => listener(told.message))
        children.delete(child)
        const error = isStopping ? undefined : new Error(`the process ended with code ${told.exited}`)
        for (const listener of exits) listener(error)
        resolve()
      })
    })
    port?.postMessage({ child, start: name })
    return {
      post: (message) => port?.postMessage({ child, message }),
      onMessage: (listener) => void messages.push(listener),
      onExit: (listener) => void exits.push(listener),
      async stop() {
        isStopping = true
        port?.postMessage({ child, stop: true })
        await ended
      },
    }
  }
}
