import { errorOf, ApiError } from '#api/client'
import { contentOperations, type Written } from '#api/contract'

const { getContent, putContent } = contentOperations

/** Where a file's content is; without a version that of now. */
export function contentAt(input: {
  folder: string
  path: string
  version?: string | undefined
  at?: string | undefined
}): string {
  return `/api/v1${getContent.path}?${queryOf(input)}`
}

export interface Put {
  folder: string
  path: string
  kind: 'file' | 'directory'
  /** Milliseconds since 1970. */
  modified?: number
}

/**
 * Puts a file or a directory into a folder; `sent` hears how many bytes have gone. By XMLHttpRequest, since what `fetch` has sent of a body
 * nobody knows. Cut off, it leaves nothing. Rejects as the client's methods do.
 */
export function sendContent(
  { folder, path, kind, modified }: Put,
  body: Blob,
  signal: AbortSignal,
  sent: (bytes: number) => void,
): Promise<Written> {
  const request = new XMLHttpRequest()
  const size = kind === 'file' ? { size: body.size } : {}
  const mtime = modified === undefined ? {} : { mtime: Math.round(modified * 1_000) }
  return new Promise((resolve, reject) => {
    const stop = (): void => request.abort()
    const fail = (): void => reject(signal.aborted ? (signal.reason as Error) : offline())
    if (signal.aborted) return fail()
    signal.addEventListener('abort', stop)
    request.upload.addEventListener('progress', ({ loaded }) => sent(loaded))
    request.addEventListener('loadend', () => signal.removeEventListener('abort', stop))
    request.addEventListener('error', fail)
    request.addEventListener('abort', fail)
    request.addEventListener('load', () => {
      const answer = new Response(request.responseText, { status: request.status })
      answerOf(answer).then(resolve, reject)
    })
    request.open(putContent.method, `/api/v1${putContent.path}?${queryOf({ folder, path, kind, ...mtime, ...size })}`)
    request.setRequestHeader('x-holdfast', '1')
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.send(body)
  })
}

async function answerOf(answer: Response): Promise<Written> {
  if (!answer.ok) {
    const error = await errorOf(answer)
    // In the app its host says so in the daemon's place.
    throw error.code === 'no-daemon' ? offline() : error
  }
  return (await answer.json()) as Written
}

function offline(): ApiError {
  return new ApiError(0, 'offline', 'the daemon does not answer', 'is it still running?')
}

function queryOf(input: object): string {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined)
  return new URLSearchParams(entries.map(([key, value]) => [key, String(value)])).toString()
}
