import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { isIP, type AddressInfo, type ListenOptions } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { errnoOf, HoldfastError } from '#base'

/** Serves `app` at an address; resolves once it listens. */
export async function listen(app: Hono, at: ListenOptions): Promise<Server> {
  // Long calls (wait) answer when they are done: only the time to send a request is bounded.
  const server = createServer({ requestTimeout: 60_000, headersTimeout: 20_000, maxHeaderSize: 16 * 1024 }, requestListener(app))
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

/** As `listen` on TCP; with `fallback` any free port stands in for one that is taken. */
export async function listenForBrowsers(
  app: Hono,
  { host, port, fallback }: BrowserAddress,
): Promise<{ server: Server; port: number }> {
  requireLoopback(host)
  const server = await listen(app, { host, port }).catch((error: unknown) => {
    if (errnoOf(error) !== 'EADDRINUSE') throw error
    if (fallback) return listen(app, { host, port: 0 })
    throw new HoldfastError('exists', `port ${port} on ${host} is in use by another program`, {
      hint: 'choose another with --http 127.0.0.1:PORT, or :0 for any',
      cause: error,
    })
  })
  return { server, port: (server.address() as AddressInfo).port }
}

export interface BrowserAddress {
  host: string
  /** 0 = any free one. */
  port: number
  /** Take any free port when this one is in use. */
  fallback: boolean
}

function requireLoopback(host: string): void {
  const local = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  if (local) return
  throw new HoldfastError('denied', `the page is not served at ${host}: without a password and TLS anybody there could use it`, {
    hint: 'use 127.0.0.1, and reach it from elsewhere through ssh -L',
  })
}
