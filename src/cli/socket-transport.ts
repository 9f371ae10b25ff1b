import { request } from 'node:http'
import { Readable } from 'node:stream'
import { errnoOf } from '#base'
import { ApiError, type Transport } from '#api/client'

/** Requests over a Unix socket or named pipe. Rejects with `no-daemon` when nobody listens there. */
export function socketTransport(socketPath: string): Transport {
  return (path, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const outgoing = request({ socketPath, path, method, headers, ...(signal === undefined ? {} : { signal }) }, (incoming) => {
        const stream = Readable.toWeb(incoming) as ReadableStream<Uint8Array>
        resolve(new Response(stream, { status: incoming.statusCode ?? 502 }))
      })
      outgoing.on('error', (error) => reject(signal?.aborted === true ? error : translate(error)))
      outgoing.end(body)
    })
}

function translate(error: Error): Error {
  const nobody = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errnoOf(error) ?? '')
  return nobody ? noDaemon(error) : error
}

export function noDaemon(cause?: unknown): ApiError {
  return new ApiError(
    0,
    'no-daemon',
    'no Holdfast daemon is running for this home',
    'start it with `holdfast serve`, or choose another with --home',
    cause,
  )
}
