import { EVENT_NAMES, type ApiEvent } from '#api/contract'

/** What a tab hears: the stream opened (ask for everything), an event, or that the daemon does not answer for now. */
export type Message = { kind: 'opened' } | { kind: 'event'; event: ApiEvent } | { kind: 'lost' }

const NAME = 'holdfast-events'
const AGAIN_MS = 2000

/**
 * One event stream for all tabs of this browser (it allows six connections to a host in all): the tab that holds the lock reads
 * the stream and tells the others; when it closes, another one gets the lock.
 */
export function listen(hear: (message: Message) => void): void {
  const others = new BroadcastChannel(NAME)
  others.addEventListener('message', ({ data }: MessageEvent<Message | { kind: 'hello' }>) => {
    if (data.kind !== 'hello') hear(data)
  })
  others.postMessage({ kind: 'hello' })
  void navigator.locks.request(NAME, () => {
    let isOpen = false
    const tell = (message: Message): void => {
      if (message.kind !== 'event') isOpen = message.kind === 'opened'
      hear(message)
      others.postMessage(message)
    }
    others.addEventListener('message', ({ data }: MessageEvent<{ kind: string }>) => {
      if (data.kind === 'hello' && isOpen) others.postMessage({ kind: 'opened' })
    })
    readStream(tell)
    return new Promise(() => undefined) // held until this tab closes
  })
}

function readStream(tell: (message: Message) => void): void {
  const source = new EventSource('/api/v1/events')
  source.addEventListener('open', () => tell({ kind: 'opened' }))
  for (const event of EVENT_NAMES) {
    source.addEventListener(event, ({ data }: MessageEvent<string>) => {
      tell({ kind: 'event', event: { event, data: JSON.parse(data) as unknown } as ApiEvent })
    })
  }
  source.addEventListener('error', () => {
    tell({ kind: 'lost' })
    // After a refusal a browser does not try again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(() => readStream(tell), AGAIN_MS)
  })
}
