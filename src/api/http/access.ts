import type { Context, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { HoldfastError } from '#base'
import { noticePage } from './notice.ts'
import { SESSION_SECONDS, type Sessions } from './sessions.ts'

/** What tells nothing of the user's, for anything that watches a service. */
const OPEN_PATHS = new Set(['/healthz', '/readyz', '/metrics', '/api/v1/openapi.json'])
const READING = new Set(['GET', 'HEAD'])
/** A header that no form and no simple cross-origin request can carry. */
export const CLIENT_HEADER = 'x-holdfast'

/** Refuses what was sent to another name than this listener's: a page elsewhere that had its name point here (DNS rebinding). */
export function onlyOwnHost(hosts: () => ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    if (!hosts().has((c.req.header('host') ?? '').toLowerCase())) {
      throw new HoldfastError('denied', 'this address is not answered here', {
        hint: 'use the address that Holdfast printed at its start',
      })
    }
    await next()
  }
}

/** Lets in only browsers with a session, and only our own page to change anything. */
export function onlyOwnPage(sessions: Sessions): MiddlewareHandler {
  return async (c, next) => {
    if (OPEN_PATHS.has(c.req.path)) return await next()
    const isApi = c.req.path.startsWith('/api/')
    const site = c.req.header('sec-fetch-site')
    if (isApi && (site === 'cross-site' || site === 'same-site')) {
      throw new HoldfastError('denied', 'another site may not ask this device')
    }
    if (!sessions.isValid(getCookie(c, sessions.cookie) ?? '')) {
      return isApi
        ? c.json({ error: { code: 'denied', message: 'this browser is not let in', hint: NEW_LINK } }, 401)
        : c.html(...missingSession())
    }
    if (!READING.has(c.req.method)) refuseForeign(c, site)
    return await next()
  }
}

function refuseForeign(c: Context, site: string | undefined): void {
  const origin = c.req.header('origin')
  const own = origin === undefined ? site === 'same-origin' : origin === `http://${(c.req.header('host') ?? '').toLowerCase()}`
  if (!own) throw new HoldfastError('denied', 'only the page of this device may change anything here')
  if (c.req.header(CLIENT_HEADER) === undefined) throw new HoldfastError('denied', `the header ${CLIENT_HEADER} is missing`)
}

/** `/launch?code=…`: turns a printed one-time code into the cookie, and leaves no token in the address bar. */
export function launch(sessions: Sessions): (c: Context) => Response {
  return (c) => {
    const token = sessions.redeem(c.req.query('code') ?? '')
    if (token !== undefined) {
      letIn(c, sessions, token)
      return c.redirect('/', 303)
    }
    if (sessions.isValid(getCookie(c, sessions.cookie) ?? '')) return c.redirect('/', 303)
    return c.html(noticePage('This link was used already, or is too old', NEW_LINK), 403)
  }
}

export function letIn(c: Context, sessions: Sessions, token: string): void {
  setCookie(c, sessions.cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/', maxAge: SESSION_SECONDS })
}

const NEW_LINK = 'open the link that `holdfast status` prints on this computer'

function missingSession(): [string, 401] {
  return [noticePage('This browser has not been let in yet', NEW_LINK), 401]
}
