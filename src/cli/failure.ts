import { toErrorShape, withHint, type ErrorShape } from '#base'
import { ApiError } from '#api/client'

/** Exit codes of the contract: 1 for every failure that has none of its own. */
const EXIT_CODES: Partial<Record<ErrorShape['code'], number>> = { usage: 2, 'no-daemon': 3, timeout: 4 }

/** Any failure as what is shown of it; each says what to do. */
export function failureOf(error: unknown): ErrorShape & { hint: string } {
  if (error instanceof ApiError) {
    const { code, message, hint, told } = error
    return withHint({ code, message, ...(hint === undefined ? {} : { hint }), ...told })
  }
  return withHint(toErrorShape(error))
}

export function exitCodeOf(shape: ErrorShape): number {
  return EXIT_CODES[shape.code] ?? 1
}
