import { Hono, type Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { HoldfastError, toErrorShape, withHint, type Logger } from '#base'
import type { Backend } from '../backend.ts'
import { HTTP_STATUS, openApiDocument, operations, type Operation } from '../contract/index.ts'
import { inputFault } from './input-fault.ts'

/** Bytes of a request's body at most: operations carry words, not content. */
const MAX_BODY_BYTES = 1024 * 1024

type Handler = (input: unknown, signal: AbortSignal) => Promise<unknown>

/** `/api/v1` but for the events: one route for each operation of the contract. `stopping` ends what is still under way. */
export function apiRoutes(backend: Backend, version: string, stopping: AbortSignal): Hono {
  const app = new Hono().basePath('/api/v1')
  // Made when it is first asked for: that takes as long as half of all other parts take to start.
  let document: ReturnType<typeof openApiDocument> | undefined
  app.get('/openapi.json', (c) => c.json((document ??= openApiDocument(version))))

  for (const [name, operation] of Object.entries(operations) as [keyof typeof operations, Operation][]) {
    app.on(operation.method, operation.path, async (c) => {
      const input = operation.input.safeParse(await inputOf(c, operation))
      if (!input.success) throw inputFault(operation, input.error)
      const handle = backend[name].bind(backend) as Handler
      return c.json(await handle(input.data, AbortSignal.any([c.req.raw.signal, stopping])))
    })
  }
  return app
}

async function inputOf(c: Context, operation: Operation): Promise<object> {
  if (operation.method === 'GET' || operation.method === 'DELETE') return { ...c.req.query(), ...c.req.param() }
  return { ...(await bodyOf(c)), ...c.req.param() }
}

async function bodyOf(c: Context): Promise<object> {
  const text = await textOf(c.req.raw.body)
  if (text === '') return {}
  if (!(c.req.header('content-type') ?? '').startsWith('application/json')) {
    throw new HoldfastError('usage', 'the body must be JSON, sent as content-type: application/json')
  }
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new HoldfastError('usage', 'the body is not JSON', { cause })
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HoldfastError('usage', 'the body must be a JSON object')
  return body
}

async function textOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const pieces: Uint8Array[] = []
  let bytes = 0
  for await (const piece of body ?? []) {
    bytes += piece.length
    if (bytes > MAX_BODY_BYTES) throw new HoldfastError('usage', `a request's body has at most ${MAX_BODY_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString()
}

/** Any failure as the contract's error body; what we did not foresee also goes to the log. */
export function errorResponse(error: unknown, c: Context, logger: Logger): Response {
  const shape = toErrorShape(error)
  if (shape.code === 'internal') logger.error({ err: error, path: c.req.path }, 'a request failed')
  return c.json({ error: withHint(shape) }, HTTP_STATUS[shape.code] as ContentfulStatusCode)
}
