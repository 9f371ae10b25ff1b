import { EVENT_NAMES, type ApiEvent } from '#api/contract'

/** What a tab hears: the stream opened (ask for everything), an event, or that the daemon does not answer until it is asked again at `next`, ms. */
export type Message = { kind: 'opened' } | { kind: 'event'; event: ApiEvent } | { kind: 'lost'; next: number }
/** What tabs ask the one of them that reads the stream. */
type Wish = { kind: 'hello' } | { kind: 'try' }

const NAME = 'holdfast-events'
/** How long after each failure in a row the daemon is asked again, ms; the last one for all further ones. */
const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000]

let others: BroadcastChannel | null = null
let stream: { tryNow(): void } | null = null

/**
 * One event stream for all tabs of this browser (it allows six connections to a host in all): the tab that holds the lock reads
 * the stream and tells the others; when it closes, another one gets the lock.
 */
export function listen(hear: (message: Message) => void): void {
  const channel = new BroadcastChannel(NAME)
  others = channel
  channel.addEventListener('message', ({ data }: MessageEvent<Message | Wish>) => {
    if (data.kind === 'try') stream?.tryNow()
    else if (data.kind !== 'hello') hear(data)
  })
  channel.postMessage({ kind: 'hello' })
  void navigator.locks.request(NAME, () => {
    let state: Message | null = null
    const tell = (message: Message): void => {
      if (message.kind !== 'event') state = message
      hear(message)
      channel.postMessage(message)
    }
    channel.addEventListener('message', ({ data }: MessageEvent<{ kind: string }>) => {
      if (data.kind === 'hello' && state !== null) channel.postMessage(state)
    })
    stream = readStream(tell)
    return new Promise(() => undefined) // held until this tab closes
  })
}

/** Asks the daemon again at once, where the next try is still to come. */
export function tryNow(): void {
  if (stream === null) others?.postMessage({ kind: 'try' })
  else stream.tryNow()
}

/** Reads until this tab closes; when it fails it is opened anew, by our own timer: a browser does not say when it would. */
function readStream(tell: (message: Message) => void): { tryNow(): void } {
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  const open = (): void => {
    timer = null
    const source = new EventSource('/api/v1/events')
    source.addEventListener('open', () => {
      failures = 0
      tell({ kind: 'opened' })
    })
    for (const event of EVENT_NAMES) {
      source.addEventListener(event, ({ data }: MessageEvent<string>) => {
        tell({ kind: 'event', event: { event, data: JSON.parse(data) as unknown } as ApiEvent })
      })
    }
    source.addEventListener('error', () => {
      source.close()
      const wait = WAITS_MS[Math.min(failures++, WAITS_MS.length - 1)] ?? 0
      timer = setTimeout(open, wait)
      tell({ kind: 'lost', next: Date.now() + wait })
    })
  }
  open()
  return {
    tryNow() {
      if (timer === null) return
      clearTimeout(timer)
      open()
    },
  }
}
