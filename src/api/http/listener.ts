import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo, type ListenOptions } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { errnoOf, HoldfastError } from '#base'

/** Serves `app` at an address; resolves once it listens. */
export async function listen(app: Hono, at: ListenOptions): Promise<Server> {
  // Long calls (wait) answer when they are done, and content that is put may take as long to send: only the headers have a time.
  const server = createServer({ requestTimeout: 0, headersTimeout: 20_000, maxHeaderSize: 16 * 1024 }, requestListener(app))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return server
}

function requestListener(app: Hono): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return (request, response) => void listener(request, response)
}

/** Stops listening and drops every connection. */
export async function close(server: Server | undefined): Promise<void> {
  if (server?.listening !== true) return
  await new Promise<void>((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** As `listen` on TCP. `kept` goes first, whatever may keep it from being had; with `fallback` any free port comes last. */
export async function listenForBrowsers(
  app: Hono,
  { host, port, fallback }: BrowserAddress,
  kept?: number,
): Promise<{ server: Server; port: number }> {
  requireLoopback(host)
  const asBefore = kept === undefined ? undefined : await listen(app, { host, port: kept }).catch(() => undefined)
  const server = asBefore ?? (await listenAtFirst(app, host, fallback ? [port, 0] : [port]))
  return { server, port: (server.address() as AddressInfo).port }
}

/** At the first of the ports that is free. */
async function listenAtFirst(app: Hono, host: string, [port, ...others]: readonly number[]): Promise<Server> {
  try {
    return await listen(app, { host, port: port ?? 0 })
  } catch (error) {
    if (errnoOf(error) !== 'EADDRINUSE') throw error
    if (others.length > 0) return listenAtFirst(app, host, others)
    throw new HoldfastError('exists', `port ${port} on ${host} is in use by another program`, {
      hint: 'choose another with --http 127.0.0.1:PORT, or :0 for any',
      cause: error,
    })
  }
}

export interface BrowserAddress {
  host: string
  /** 0 = any free one. */
  port: number
  /** Take any free port when this one is in use. */
  fallback: boolean
}

/** Throws `denied` for a host that others could reach. */
export function requireLoopback(host: string): void {
  const local = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  if (local) return
  throw new HoldfastError('denied', `the page is not served at ${host}: without a password and TLS anybody there could use it`, {
    hint: 'use 127.0.0.1, and reach it from elsewhere through ssh -L',
  })
}
