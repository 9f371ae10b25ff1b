import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type ApiServer, type ApiServerOptions } from '#api'
import { silentLogger, systemClock, systemRandom } from '#base'
import { MemoryBackend, THIS } from './memory-backend.ts'

export interface RunningServer {
  server: ApiServer
  backend: MemoryBackend
  home: string
  socket: string
  close(): Promise<void>
}

/** A real server on loopback and on a socket, before a backend in memory. */
export async function startServer(
  options: Partial<ApiServerOptions> = {},
  backend: MemoryBackend = new MemoryBackend(),
): Promise<RunningServer> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'holdfast-api-')))
  const server = createServer(
    { backend, logger: silentLogger, clock: systemClock, random: systemRandom },
    {
      home,
      http: { host: '127.0.0.1', port: 0, fallback: false },
      uiDirectory: join(home, 'ui'),
      device: THIS,
      version: '0.0.1',
      ...options,
    },
  )
  await server.start()
  return {
    server,
    backend,
    home,
    socket: join(home, 'daemon.sock'),
    close: async () => {
      await server.stop()
      await rm(home, { recursive: true, force: true })
    },
  }
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** One request as some program would send it: every header is ours to choose, `Host` too. */
export function ask(
  url: string | { socket: string; path: string },
  method = 'GET',
  headers: Record<string, string> = {},
  body = '',
): Promise<Answer> {
  const target = typeof url === 'string' ? urlOptions(new URL(url)) : { socketPath: url.socket, path: url.path }
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...target, method, headers, agent: false }, (incoming) => {
      let text = ''
      incoming.setEncoding('utf8')
      incoming.on('data', (chunk: string) => (text += chunk))
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }))
      incoming.on('error', reject)
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function urlOptions(url: URL): { host: string; port: string; path: string } {
  return { host: url.hostname, port: url.port, path: `${url.pathname}${url.search}` }
}

/** The cookie that a browser gets by the link. */
export async function letIn(server: ApiServer): Promise<string> {
  const answer = await ask(server.launchUrl())
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}
