import type { Server } from 'node:http'
import { Hono } from 'hono'
import { messageOf, type Clock, type Logger, type Random, type Service } from '#base'
import type { Backend } from '../backend.ts'
import { launch, letIn, onlyOwnHost, onlyOwnPage } from './access.ts'
import { contentRoute } from './content-route.ts'
import { eventRoute } from './event-route.ts'
import { keepPort, keptPort, removeDaemonFile, sessionKey, writeDaemonFile } from './home-files.ts'
import { close, listen, listenForBrowsers, type BrowserAddress } from './listener.ts'
import { chooseSocket, clearStaleSocket, protectSocket, removeSocket } from './local-socket.ts'
import { isScreen, pageFiles, secureHeaders, type PageSource } from './page-files.ts'
import { apiRoutes, errorResponse } from './routes.ts'
import { Sessions } from './sessions.ts'

export interface ApiServerComponents {
  backend: Backend
  logger: Logger
  clock: Clock
  random: Random
}

export interface ApiServerOptions {
  /** The home directory, absolute, 0700: it gets daemon.sock, daemon.json, session.key and port.json. */
  home: string
  http: BrowserAddress
  /** The built page. */
  uiDirectory: PageSource
  /** This device's PeerId. */
  device: string
  /** Of the program, for openapi.json. */
  version: string
}

export interface ApiServer extends Service {
  /** The origin for browsers, once started: `http://127.0.0.1:8390`. */
  readonly url: string
  /** A fresh link that lets one browser in, once, within a quarter of an hour. */
  launchUrl(): string
}

/** The HTTP API and the page: on a Unix socket or named pipe for this user's programs, on loopback for browsers. */
export function createServer(components: ApiServerComponents, options: ApiServerOptions): ApiServer {
  const { backend, logger, clock, random } = components
  const { home } = options
  const stopping = new AbortController()
  const hosts = new Set<string>()
  let sessions: Sessions | undefined
  let servers: Server[] = []
  let socket = ''
  let url = ''

  const service = (): Hono => {
    const app = new Hono()
    app.onError((error, c) => errorResponse(error, c, logger))
    return app
  }

  const common = (): Hono => {
    const app = service()
    app.get('/healthz', (c) => c.text('ok\n'))
    app.get('/readyz', async (c) => {
      const health = await backend.health({}, c.req.raw.signal)
      return c.json(
        { ok: health.ok, failed: health.checks.filter((check) => !check.ok).map((check) => check.name) },
        health.ok ? 200 : 503,
      )
    })
    app.get('/metrics', async (c) =>
      c.body(await backend.metrics(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
    )
    app.route('/', eventRoute(backend, clock, stopping.signal))
    app.route('/', contentRoute(backend, stopping.signal))
    app.route('/', apiRoutes(backend, options.version, stopping.signal))
    app.all('/api/*', (c) =>
      c.json(
        { error: { code: 'not-found', message: `there is no ${c.req.method} ${c.req.path}`, hint: 'see /api/v1/openapi.json' } },
        404,
      ),
    )
    return app
  }

  /** Whoever may open the socket is this user, who may have a link too. */
  const forPrograms = (allowed: Sessions): Hono => {
    const app = service()
    app.post('/api/v1/page-link', (c) => c.json({ url: launchLink(url, allowed) }))
    app.route('/', common())
    return app
  }

  const forBrowsers = (allowed: Sessions): Hono => {
    const app = service()
    const page = pageFiles(options.uiDirectory)
    app.use(
      secureHeaders,
      onlyOwnHost(() => hosts),
    )
    app.get('/launch', launch(allowed))
    app.use(onlyOwnPage(allowed))
    app.route('/', common())
    app.get('*', (c) => {
      // Whoever comes back within the month stays let in.
      if (isScreen(c.req.path)) letIn(c, allowed, allowed.newToken())
      return page(c)
    })
    return app
  }

  const stop = async (): Promise<void> => {
    stopping.abort(new Error('the daemon is stopping'))
    const open = servers
    servers = []
    await Promise.all(open.map(close))
    if (socket === '') return
    await removeDaemonFile(home)
    await removeSocket(socket, home)
    socket = ''
  }

  return {
    get url() {
      return url
    },

    launchUrl() {
      if (sessions === undefined) throw new Error('the server is not started')
      return launchLink(url, sessions)
    },

    async start() {
      try {
        sessions = new Sessions({ clock, random }, { key: await sessionKey(home, random), device: options.device })
        const chosen = await chooseSocket(home, random)
        await clearStaleSocket(chosen)
        socket = chosen
        servers.push(await listen(forPrograms(sessions), { path: socket }))
        await protectSocket(socket)

        const { host, port: wanted, fallback } = options.http
        // Who asks for one port alone gets that or none.
        const kept = fallback || wanted === 0 ? await keptPort(home, wanted) : undefined
        const { server, port } = await listenForBrowsers(forBrowsers(sessions), options.http, kept)
        servers.push(server)
        if (port !== (kept ?? wanted)) {
          if (wanted !== 0) logger.warn({ wanted: kept ?? wanted, port }, 'the port was taken: another one is used')
          await keepPort(home, { wanted, port })
        }
        for (const name of ['127.0.0.1', 'localhost', '[::1]', urlHost(host)]) {
          hosts.add(`${name}:${port}`)
          // Browsers leave that one out.
          if (port === 80) hosts.add(name)
        }
        url = `http://${urlHost(host)}:${port}`
        await writeDaemonFile(home, { pid: process.pid, socket, http: url })
      } catch (error) {
        logger.error({ error: messageOf(error) }, 'the API could not start')
        await stop()
        throw error
      }
    },

    stop,
  }
}

function launchLink(url: string, sessions: Sessions): string {
  return `${url}/launch?code=${sessions.newCode()}`
}

function urlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
