import type { ClientRequest, IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { errnoOf } from '#base'
import type { Answer, Transport } from '#api/client'

/** Statuses of answers that have none. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/**
 * Requests over a Unix socket or named pipe. Rejects with what `nobody` makes of it when nobody listens there. A connection that was kept, and
 * that the other end has closed meanwhile, is no failure: the request goes over another one.
 */
export function socketTransport(socketPath: string, nobody: (cause: Error) => Error = (cause) => cause): Transport {
  // An import would load what `fetch` is made of as well, as a `Response` does: a third of the time that a command takes.
  const { request } = process.getBuiltinModule('node:http')
  const transport: Transport = (path, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const outgoing = request({ socketPath, path, method, headers, ...(signal === undefined ? {} : { signal }) }, (incoming) => {
        // What is still to be sent nobody reads any more.
        if (!outgoing.writableEnded) incoming.once('close', () => outgoing.destroy())
        resolve(answerOf(incoming))
      })
      outgoing.on('error', (error) => {
        const isClosed = outgoing.reusedSocket && errnoOf(error) === 'EPIPE' && typeof body !== 'object'
        if (isClosed)
          transport(path, { method, headers, ...(body !== undefined && { body }), ...(signal && { signal }) }).then(
            resolve,
            reject,
          )
        else reject(signal?.aborted === true ? error : isNobody(error) ? nobody(error) : error)
      })
      if (typeof body === 'object') send(body, outgoing, reject)
      else outgoing.end(body)
    })
  return transport
}

/** An answer whose content is read by `body` or `json`, once. */
function answerOf(incoming: IncomingMessage): Answer {
  const { statusCode: status = 502, headers } = incoming
  const isWithout = WITHOUT_BODY.has(status)
  if (isWithout) incoming.resume()
  let body: ReadableStream<Uint8Array> | null | undefined = isWithout ? null : undefined
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: { get: (name) => headers[name.toLowerCase()]?.toString() ?? null },
    get body() {
      return (body ??= isWithout ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>))
    },
    json: async () => JSON.parse(await text(incoming)) as unknown,
  }
}

/** What a source fails with the whole request does; the other end then knows that not all has come. */
function send(body: ReadableStream<Uint8Array>, outgoing: ClientRequest, failed: (error: unknown) => void): void {
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0])
  let broken: Error | undefined
  source.once('error', (error) => (broken = error))
  pipeline(source, outgoing).catch((error: unknown) => failed(broken ?? error))
}

function isNobody(error: Error): boolean {
  return ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errnoOf(error) ?? '')
}
