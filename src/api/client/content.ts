import {
  CONTENT_HEADERS,
  contentOperations,
  type ContentQuery,
  type PutQuery,
  type TreeItem,
  type Written,
} from '../contract/index.ts'
import { ApiError, errorOf, request, type RequestOptions, type Transport } from './client.ts'

/** Content on its way, and what it is of. */
export interface ReceivedContent extends Pick<TreeItem, 'kind' | 'mode' | 'mtime' | 'version'> {
  /** Bytes to come. */
  size: number
  body: ReadableStream<Uint8Array>
}

/**
 * A file's content, or a symlink's target; with `first` at most so many bytes of its beginning. Rejects as the client's methods do; the
 * body fails with what broke the connection.
 */
export async function getContent(
  transport: Transport,
  input: ContentQuery,
  { signal, first }: RequestOptions & { first?: number } = {},
): Promise<ReceivedContent> {
  const { method } = contentOperations.getContent
  const range: Record<string, string> = first === undefined ? {} : { range: `bytes=0-${first - 1}` }
  const response = await request(transport, contentPath(input), { method, headers: range }, signal)
  if (!response.ok) throw await errorOf(response)
  const { headers, body } = response
  return {
    kind: headers.get(CONTENT_HEADERS.kind) as TreeItem['kind'],
    mode: Number.parseInt(headers.get(CONTENT_HEADERS.mode) ?? '0', 8),
    mtime: Number(headers.get(CONTENT_HEADERS.mtime)),
    version: (headers.get('etag') ?? '').replaceAll('"', ''),
    size: Number(headers.get('content-length')),
    body: body ?? new ReadableStream({ start: (controller) => controller.close() }),
  }
}

/** Where content is, below /api/v1. */
export function contentPath(input: ContentQuery): string {
  return `${contentOperations.getContent.path}?${queryOf(input)}`
}

/** Puts content at a path; rejects with what `body` fails with, and nothing is put then. */
export async function putContent(
  transport: Transport,
  input: PutQuery,
  body: ReadableStream<Uint8Array> | string,
  options: RequestOptions = {},
): Promise<Written> {
  const { method, path } = contentOperations.putContent
  const headers = { 'content-type': 'application/octet-stream' }
  let broken: { error: unknown } | null = null
  const watched = typeof body === 'string' ? body : watch(body, (error) => (broken = { error }))
  const init = { method, headers, body: watched }
  const response = await request(transport, `${path}?${queryOf(input)}`, init, options.signal).catch((error: unknown) => {
    throw broken === null ? error : broken.error
  })
  if (!response.ok) throw await errorOf(response)
  return (await response.json()) as Written
}

/** What a body that ends early is told as. */
export function cutOff(path: string, got: number, size: number, cause?: unknown): ApiError {
  const message = `the content of ${path} ended after ${got} of ${size} bytes`
  return new ApiError(0, 'offline', message, 'some of it may be on no device that is connected; try again', cause)
}

/** The same, and `failed` hears what it fails with. */
function watch(body: ReadableStream<Uint8Array>, failed: (error: unknown) => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        failed(error)
        throw error
      })
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

function queryOf(input: object): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(input)) if (value !== undefined) query.set(key, String(value))
  return query.toString()
}
