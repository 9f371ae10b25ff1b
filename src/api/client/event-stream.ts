import type { ApiEvent } from '../contract/index.ts'
import { ApiError, errorOf, type Transport } from './client.ts'

/**
 * The daemon's events from now on, until `signal` aborts (the loop then ends) or the connection is lost (`offline`). `opened` is
 * called once the stream stands: what is asked for after that misses nothing in between.
 */
export async function* streamEvents(
  transport: Transport,
  signal: AbortSignal,
  opened: () => void = () => undefined,
): AsyncGenerator<ApiEvent> {
  try {
    const response = await transport('/api/v1/events', { method: 'GET', headers: { accept: 'text/event-stream' }, signal })
    if (!response.ok) throw await errorOf(response)
    if (response.body === null) return
    opened()
    for await (const block of blocks(response.body)) {
      const event = parseBlock(block)
      if (event !== undefined) yield event
    }
  } catch (error) {
    if (signal.aborted) return
    throw error instanceof ApiError
      ? error
      : new ApiError(0, 'offline', 'the connection to the daemon was lost', undefined, error)
  }
  if (!signal.aborted) throw new ApiError(0, 'offline', 'the daemon has stopped')
}

/** The parts between empty lines. Our own server ends lines with \n alone. */
async function* blocks(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += decoder.decode(value, { stream: true })
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    yield* parts
  }
}

function parseBlock(block: string): ApiEvent | undefined {
  let event: string | undefined
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice(7)
    else if (line.startsWith('data: ')) data.push(line.slice(6))
  }
  if (event === undefined || data.length === 0) return undefined
  return { event, data: JSON.parse(data.join('\n')) as unknown } as ApiEvent
}
