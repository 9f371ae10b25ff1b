import { request } from 'node:http'
import { Readable } from 'node:stream'
import { errnoOf } from '#base'
import type { Transport } from '#api/client'

/** Requests over a Unix socket or named pipe. Rejects with what `nobody` makes of it when nobody listens there. */
export function socketTransport(socketPath: string, nobody: (cause: Error) => Error = (cause) => cause): Transport {
  return (path, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const outgoing = request({ socketPath, path, method, headers, ...(signal === undefined ? {} : { signal }) }, (incoming) => {
        const stream = Readable.toWeb(incoming) as ReadableStream<Uint8Array>
        resolve(new Response(stream, { status: incoming.statusCode ?? 502 }))
      })
      outgoing.on('error', (error) => reject(signal?.aborted === true ? error : isNobody(error) ? nobody(error) : error))
      outgoing.end(body)
    })
}

function isNobody(error: Error): boolean {
  return ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errnoOf(error) ?? '')
}
