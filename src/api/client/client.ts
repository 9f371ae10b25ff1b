import {
  ErrorBody,
  operations,
  pathKeys,
  type ApiErrorCode,
  type Operation,
  type OperationInput,
  type OperationName,
  type OperationResult,
} from '../contract/index.ts'

/** How a client reaches its daemon: `fetch` in a page, a Unix socket on the command line. `path` begins with a slash. */
export type Transport = (path: string, init: TransportInit) => Promise<Answer>

/** What is read of a `Response`, which is one. */
export interface Answer extends Pick<Response, 'ok' | 'status' | 'body' | 'json'> {
  readonly headers: Pick<Headers, 'get'>
}

export interface TransportInit {
  method: string
  headers: Record<string, string>
  body?: string | ReadableStream<Uint8Array>
  signal?: AbortSignal
}

/** A request failed: with the daemon's own code, sentence and hint, or `offline` when there was no answer that could be read. */
export class ApiError extends Error {
  readonly code: ApiErrorCode
  readonly hint: string | undefined
  /** The HTTP status; 0 when there was none. */
  readonly status: number
  /** Which sentence it is, and what that is filled with, where the daemon tells. */
  readonly told: Pick<ErrorBody['error'], 'reason' | 'values'>

  constructor(
    status: number,
    code: ApiErrorCode,
    message: string,
    hint?: string,
    cause?: unknown,
    told: Pick<ErrorBody['error'], 'reason' | 'values'> = {},
  ) {
    super(message, { cause })
    this.name = 'ApiError'
    this.code = code
    this.hint = hint
    this.status = status
    this.told = told
  }
}

export interface RequestOptions {
  signal?: AbortSignal
}

type Arguments<Name extends OperationName> =
  Record<string, never> extends OperationInput<Name>
    ? [input?: OperationInput<Name>, options?: RequestOptions]
    : [input: OperationInput<Name>, options?: RequestOptions]

/** One method for each operation of the contract. Each rejects with an ApiError, or with the signal's reason. */
export type Client = {
  readonly [Name in OperationName]: (...args: Arguments<Name>) => Promise<OperationResult<Name>>
}

export function createClient(transport: Transport): Client {
  const call =
    (operation: Operation) =>
    async (input: Record<string, unknown> = {}, options: RequestOptions = {}): Promise<unknown> => {
      const response = await send(transport, operation, input, options.signal)
      if (!response.ok) throw await errorOf(response)
      return (await response.json()) as unknown
    }
  const methods = Object.entries(operations).map(([name, operation]) => [name, call(operation as unknown as Operation)])
  return Object.fromEntries(methods) as Client
}

async function send(
  transport: Transport,
  operation: Operation,
  input: Record<string, unknown>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const inPath = new Set(pathKeys(operation.path))
  const path = operation.path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(input[key])))
  const others = Object.entries(input).filter(([key, value]) => !inPath.has(key) && value !== undefined)
  const hasBody = operation.method === 'POST' || operation.method === 'PUT'
  const query = hasBody
    ? ''
    : new URLSearchParams(Object.fromEntries(others.map(([key, value]) => [key, String(value)]))).toString()
  const init = {
    method: operation.method,
    headers: hasBody ? { 'content-type': 'application/json' } : {},
    ...(hasBody ? { body: JSON.stringify(Object.fromEntries(others)) } : {}),
  }
  return await request(transport, `${path}${query === '' ? '' : `?${query}`}`, init, signal)
}

/** Asks for what is at `path` below /api/v1. Rejects with `offline` where there is no answer. */
export async function request(
  transport: Transport,
  path: string,
  { headers, ...init }: Omit<TransportInit, 'signal'>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  try {
    return await transport(`/api/v1${path}`, {
      ...init,
      headers: { accept: 'application/json', 'x-holdfast': '1', ...headers },
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (error instanceof ApiError || signal?.aborted === true) throw error
    throw new ApiError(0, 'offline', 'the daemon does not answer', 'is it still running?', error)
  }
}

export async function errorOf(response: Answer): Promise<ApiError> {
  const parsed = ErrorBody.safeParse(await response.json().catch(() => undefined))
  if (!parsed.success)
    return new ApiError(response.status, 'internal', `the daemon answered ${response.status} without saying why`)
  const { code, message, hint, ...told } = parsed.data.error
  return new ApiError(response.status, code, message, hint, undefined, told)
}
