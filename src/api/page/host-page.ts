import { Hono } from 'hono'
import type { ErrorBody } from '../contract/index.ts'
import { CLIENT_HEADER } from '../http/access.ts'
import { pageFiles, secureHeaders } from '../http/page-files.ts'
import { forward } from './forward.ts'

export interface HostPageOptions {
  /** The built page: index.html and what it loads. */
  directory: string
  /** Of the page in this host: `app://holdfast`. */
  origin: string
  /** Where the daemon answers now; null: nowhere. */
  socket: () => string | null
  /** Why there is no daemon, where that is known. */
  fault?: () => string | null
}

/**
 * The page for a host of its own, as browsers get it from the daemon, with the same headers; what it asks of the API is passed on to the
 * daemon's socket. Whoever opens that may do all, so nobody but this page may ask through here.
 */
export function hostPage({ directory, origin, socket, fault }: HostPageOptions): (request: Request) => Promise<Response> {
  const app = new Hono()
  app.use(secureHeaders)
  app.all('/api/*', ({ req: { raw: request } }) => {
    if (!mayAsk(request, origin)) return refusal(403, { code: 'denied', message: 'only the page of this app may ask' })
    const path = socket()
    const silent = (): Response => refusal(503, { ...SILENT, message: fault?.() ?? SILENT.message })
    return path === null ? silent() : forward(path, request).catch(silent)
  })
  app.get('*', pageFiles(directory))
  return async (request) => app.fetch(request)
}

const SILENT = { code: 'no-daemon', message: 'the daemon does not answer', hint: 'it is tried again by itself' } as const

const refusal = (status: number, error: ErrorBody['error']): Response => Response.json({ error }, { status })

/** What changes something carries a header that no form and no simple request of another origin can carry. */
function mayAsk({ method, headers }: Request, origin: string): boolean {
  const site = headers.get('sec-fetch-site') ?? 'none'
  if ((headers.get('origin') ?? origin) !== origin || (site !== 'none' && site !== 'same-origin')) return false
  return method === 'GET' || method === 'HEAD' || headers.has(CLIENT_HEADER)
}
