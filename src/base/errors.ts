/** The error codes of the command line and the HTTP API; every failure a user can meet carries one. */
export const ERROR_CODES = [
  'usage',
  'no-daemon',
  'not-found',
  'exists',
  'denied',
  'blocked',
  'held',
  'full',
  'timeout',
  'offline',
  'corrupt',
  'conflict',
  'unsupported',
  'internal',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** A failure with a code for programs, a sentence for people (what, which file or device) and a hint (what to do). */
export class HoldfastError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.hint = options.hint
  }
}

/** The plain form in which an error crosses a thread, a socket or `--json`. */
export interface ErrorShape {
  code: ErrorCode
  message: string
  hint?: string
}

export function toErrorShape(error: unknown): ErrorShape {
  if (error instanceof HoldfastError) {
    return error.hint === undefined
      ? { code: error.code, message: error.message }
      : { code: error.code, message: error.message, hint: error.hint }
  }
  return { code: systemCode(error), message: messageOf(error) }
}

export function fromErrorShape(shape: ErrorShape): HoldfastError {
  return new HoldfastError(shape.code, shape.message, shape.hint === undefined ? {} : { hint: shape.hint })
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The `code` of a Node system error (`ENOENT`, …), or undefined. */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function systemCode(error: unknown): ErrorCode {
  switch (errnoOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'full'
    case 'ENOENT':
      return 'not-found'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'denied'
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'EPIPE':
      return 'offline'
    default:
      return 'internal'
  }
}
