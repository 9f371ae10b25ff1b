import { toErrorShape, withHint, type ErrorShape } from '#base'
import { ApiError } from '#api/client'

/** Exit codes of the contract: 1 for every failure that has none of its own. */
const EXIT_CODES: Partial<Record<ErrorShape['code'], number>> = { usage: 2, 'no-daemon': 3, timeout: 4 }

/** Any failure as what is shown of it; each says what to do. */
export function failureOf(error: unknown): Required<ErrorShape> {
  if (error instanceof ApiError) {
    return withHint({ code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) })
  }
  return withHint(toErrorShape(error))
}

export function exitCodeOf(shape: ErrorShape): number {
  return EXIT_CODES[shape.code] ?? 1
}
