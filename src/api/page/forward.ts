import { request as ask, type IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Transport } from '../client/index.ts'

const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/** Over a daemon's Unix socket or named pipe, for whoever has the web's requests and answers (and not the command line's half a millisecond). */
export const transportTo =
  (socketPath: string): Transport =>
  (path, init) =>
    forward(socketPath, new Request(`http://daemon${path}`, { ...init, ...(init.body !== undefined && { duplex: 'half' }) }))

/** Rejects where nobody listens; an answer that breaks off fails its body. */
export function forward(socketPath: string, { url, method, headers, body, signal }: Request): Promise<Response> {
  const { pathname, search } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = { socketPath, path: pathname + search, method, headers: Object.fromEntries(headers), signal }
    const outgoing = ask(sent, (incoming) => {
      // What is still to be sent nobody reads any more.
      if (!outgoing.writableEnded) incoming.once('close', () => outgoing.destroy())
      const { statusCode: status = 502 } = incoming
      const isEmpty = method === 'HEAD' || NO_BODY.has(status)
      if (isEmpty) incoming.resume()
      resolve(new Response(isEmpty ? null : bodyOf(incoming), { status, headers: headersOf(incoming) }))
    })
    outgoing.on('error', reject)
    if (body === null) outgoing.end()
    else pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), outgoing).catch(reject)
  })
}

function headersOf({ headers }: IncomingMessage): [string, string][] {
  const hops = new Set(['connection', 'keep-alive', 'transfer-encoding'])
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || hops.has(name) ? [] : [[name, String(value)]],
  )
}

/** One that is never told anything after its end: Electron's own dies of that (electron#38749), and a page that goes cancels it. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isClosed = false
  const end = (how: () => void): void => {
    if (!isClosed) how()
    isClosed = true
  }
  return new ReadableStream<Uint8Array>({
    start(controller) {
      incoming.on('data', (chunk: Buffer) => {
        if (isClosed) return
        controller.enqueue(new Uint8Array(chunk))
        if ((controller.desiredSize ?? 0) <= 0) incoming.pause()
      })
      incoming.on('end', () => end(() => controller.close()))
      // Node tells of one that broke off as an error, whatever it was.
      incoming.on('error', (error) => end(() => controller.error(error)))
    },
    pull: () => void incoming.resume(),
    cancel() {
      isClosed = true
      incoming.destroy()
    },
  })
}
