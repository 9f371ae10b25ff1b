import { pipeline } from 'node:stream/promises'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono, type Context } from 'hono'
import { withHint } from '#base'
import type { Backend, Content } from '../backend.ts'
import { CONTENT_HEADERS, contentOperations } from '../contract/index.ts'
import { parseRange } from './byte-range.ts'
import { inputFault } from './input-fault.ts'
import { SECURE_HEADERS } from './page-files.ts'
import { wholeBody } from './whole-body.ts'

/** `/api/v1/content`: what is in a folder, as it is, both ways. `stopping` ends what is still under way. */
export function contentRoute(
  backend: Pick<Backend, 'readContent' | 'writeContent'>,
  stopping: AbortSignal,
): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const signalOf = (c: Context): AbortSignal => AbortSignal.any([c.req.raw.signal, stopping])

  app.get('/api/v1/content', async (c) => {
    const { getContent } = contentOperations
    const input = getContent.input.safeParse(c.req.query())
    if (!input.success) throw inputFault(getContent, input.error)
    const signal = signalOf(c)
    return await answer(c, await backend.readContent(input.data, signal), signal)
  })
  app.put('/api/v1/content', async (c) => {
    const { putContent } = contentOperations
    const input = putContent.input.safeParse(c.req.query())
    if (!input.success) throw inputFault(putContent, input.error)
    const { path, size } = input.data
    const sent = c.req.raw.body ?? none()
    const content = size === undefined ? sent : wholeBody(sent, path, size)
    return c.json(await backend.writeContent(input.data, content, signalOf(c)))
  })
  return app
}

async function answer(c: Context<{ Bindings: HttpBindings }>, content: Content, signal: AbortSignal): Promise<Response> {
  const { version, size, kind, mode, mtime } = content
  const etag = `"${version}"`
  const headers = {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': 'no-cache',
    'content-type': 'application/octet-stream',
    'content-disposition': 'attachment',
    'last-modified': new Date(Math.min(Math.max(mtime / 1000, -8.64e15), 8.64e15)).toUTCString(),
    [CONTENT_HEADERS.kind]: kind,
    [CONTENT_HEADERS.mode]: mode.toString(8),
    [CONTENT_HEADERS.mtime]: String(mtime),
  }
  const known = c.req
    .header('if-none-match')
    ?.split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
  if (known?.includes(etag) === true || known?.includes('*') === true) return c.body(null, 304, headers)
  const condition = c.req.header('if-range')
  const range = condition === undefined || condition === etag ? parseRange(c.req.header('range'), size) : null
  if (range === 'unsatisfiable') {
    const error = withHint({ code: 'usage', message: `the range is not in the ${size} bytes of ${content.path}` })
    return c.json({ error }, 416, { 'content-range': `bytes */${size}` })
  }
  const { start, end } = range ?? { start: 0, end: size }
  const all: Record<string, string> = { ...headers, 'content-length': String(end - start) }
  if (range !== null) all['content-range'] = `bytes ${start}-${end - 1}/${size}`
  const status = range === null ? 200 : 206
  if (c.req.raw.method === 'HEAD' || start === end) return c.body(null, status, all)
  return await send(c.env.outgoing, status, all, content.read({ start, end }, signal))
}

/**
 * Writes to the connection itself: where the rest cannot be had it is cut, so that nobody takes what came for all. What cannot be had
 * from the first piece on throws, and is an answer of its own.
 */
async function send(
  outgoing: HttpBindings['outgoing'],
  status: number,
  headers: Record<string, string>,
  source: AsyncIterable<Uint8Array>,
): Promise<Response> {
  const pieces = source[Symbol.asyncIterator]()
  const first = await pieces.next()
  outgoing.writeHead(status, { ...headers, ...SECURE_HEADERS })
  const all = (async function* () {
    try {
      for (let next = first; next.done !== true; next = await pieces.next()) yield next.value
    } finally {
      await pieces.return?.()
    }
  })()
  // Whoever reads it sees by its length that it is not whole.
  pipeline(all, outgoing).catch(() => outgoing.destroy())
  return RESPONSE_ALREADY_SENT
}

async function* none(): AsyncGenerator<Uint8Array> {}
