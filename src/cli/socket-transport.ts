import { request, type ClientRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { errnoOf } from '#base'
import type { Transport } from '#api/client'

/** Statuses of answers that have none. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304])

/**
 * Requests over a Unix socket or named pipe. Rejects with what `nobody` makes of it when nobody listens there. A connection that was kept, and
 * that the other end has closed meanwhile, is no failure: the request goes over another one.
 */
export function socketTransport(socketPath: string, nobody: (cause: Error) => Error = (cause) => cause): Transport {
  const transport: Transport = (path, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const outgoing = request({ socketPath, path, method, headers, ...(signal === undefined ? {} : { signal }) }, (incoming) => {
        const { statusCode: status = 502 } = incoming
        const stream = WITHOUT_BODY.has(status) ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>)
        if (stream === null) incoming.resume()
        const told = Object.entries(incoming.headers).map(([key, value]): [string, string] => [key, String(value)])
        // What is still to be sent nobody reads any more.
        if (!outgoing.writableEnded) incoming.once('close', () => outgoing.destroy())
        resolve(new Response(stream, { status, headers: told }))
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
