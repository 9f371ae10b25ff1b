import { readFile, stat } from 'node:fs/promises'
import { extname, join, normalize, posix, sep } from 'node:path'
import type { Context, MiddlewareHandler } from 'hono'
import { errnoOf } from '#base'
import { noticePage, NOTICE_STYLE_HASH } from './notice.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  `style-src 'self' ${NOTICE_STYLE_HASH}`,
  // Pictures out of the user's folders: of raster types alone, as the page makes them (`renderer/preview`).
  "img-src 'self' data: blob:",
  "media-src 'self'",
  "worker-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** On every answer to a browser: nothing from elsewhere runs, frames, embeds or reads us. */
export const SECURE_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}

export const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(SECURE_HEADERS)) c.header(name, value)
  if (c.res.headers.get('cache-control') === null) c.header('cache-control', 'no-store')
}

export interface PageFile {
  bytes: Uint8Array<ArrayBuffer>
  /** For `etag`: another one for other bytes. */
  tag: string
}

/** A directory with index.html and what that loads, or what gives these files by their paths in it (`main.js`), as the one executable does. */
export type PageSource = string | ((path: string) => PageFile | undefined)

/** The built page's files. The page itself is at `/` and at each path that names no file: it shows the screen of that path. */
export function pageFiles(source: PageSource): (c: Context) => Promise<Response> {
  return async (c) => {
    const path = pathOf(c.req.path)
    const file = path === undefined ? undefined : typeof source === 'string' ? await readIfThere(source, path) : source(path)
    if (path === undefined || file === undefined) {
      if (isScreen(c.req.path)) {
        return c.html(noticePage('The page is not built', 'run `npm run build` in the checkout, then load this again'), 503)
      }
      return c.text('not found', 404)
    }
    if (c.req.header('if-none-match') === file.tag) return c.body(null, 304, { etag: file.tag, 'cache-control': 'no-cache' })
    return c.body(file.bytes, 200, {
      'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
      etag: file.tag,
      'cache-control': 'no-cache',
    })
  }
}

/** A file has an ending; neither does the API's path, whose answers are its own. */
export function isScreen(path: string): boolean {
  return !path.slice(path.lastIndexOf('/')).includes('.') && !path.startsWith('/api/')
}

/** Below the page's directory, without a slash in front. */
function pathOf(urlPath: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(urlPath)
  } catch {
    return undefined
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return undefined
  // What leads up from the root of a path stays there.
  return isScreen(decoded) ? 'index.html' : posix.normalize(decoded).replace(/^\/+/, '')
}

async function readIfThere(directory: string, name: string): Promise<PageFile | undefined> {
  const path = join(directory, name)
  if (!path.startsWith(normalize(directory) + sep)) return undefined
  try {
    const { mtimeMs, size } = await stat(path)
    return { bytes: new Uint8Array(await readFile(path)), tag: `"${mtimeMs.toString(36)}-${size.toString(36)}"` }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errnoOf(error) ?? '')) return undefined
    throw error
  }
}
