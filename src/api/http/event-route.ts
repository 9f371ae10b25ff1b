import { Hono } from 'hono'
import { every, HoldfastError, type Clock } from '#base'
import type { Backend } from '../backend.ts'
import { EventQueue } from './event-queue.ts'

/** Keeps proxies and sleeping laptops from taking a quiet stream for a dead one. */
const HEARTBEAT_MS = 15_000
/** A browser needs one for all its tabs, each command one while it runs. */
const MAX_STREAMS = 64

/** `/api/v1/events`: what changes from now on. `stopping` ends every stream. */
export function eventRoute(backend: Pick<Backend, 'subscribe'>, clock: Clock, stopping: AbortSignal): Hono {
  let streams = 0
  return new Hono().get('/api/v1/events', (c) => {
    if (streams >= MAX_STREAMS) {
      throw new HoldfastError('full', `${MAX_STREAMS} event streams are open already`, {
        reason: 'too-many-pages',
        hint: 'close other pages and commands',
      })
    }
    streams++
    const body = eventStream(backend, clock, stopping, () => streams--)
    return c.body(body, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
  })
}

function eventStream(
  backend: Pick<Backend, 'subscribe'>,
  clock: Clock,
  stopping: AbortSignal,
  ended: () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const queue = new EventQueue()
  let wanted: ((text: string) => void) | undefined
  let close = (): void => undefined

  /** Hands over what waits, if the reader has room: else it stays in the queue, which is bounded. */
  const flush = (heartbeat = ''): void => {
    if (wanted === undefined) return
    const text = queue.take() || heartbeat
    if (text === '') return
    const take = wanted
    wanted = undefined
    take(text)
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const unsubscribe = backend.subscribe((event) => {
          queue.push(event)
          flush()
        })
        const heartbeat = every(
          clock,
          HEARTBEAT_MS,
          () => flush(':\n\n'),
          () => undefined,
        )
        const stop = (): void => {
          close()
          controller.close()
        }
        close = () => {
          close = () => undefined
          wanted = undefined
          unsubscribe()
          heartbeat.cancel()
          stopping.removeEventListener('abort', stop)
          ended()
        }
        stopping.addEventListener('abort', stop, { once: true })
        controller.enqueue(encoder.encode('retry: 1000\n\n'))
      },
      pull(controller) {
        return new Promise<void>((resolve) => {
          wanted = (text) => {
            controller.enqueue(encoder.encode(text))
            resolve()
          }
          flush()
        })
      },
      cancel() {
        close()
      },
    },
    { highWaterMark: 1 },
  )
}
