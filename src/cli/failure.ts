import { errnoOf, toErrorShape, type ErrorShape } from '#base'
import { ApiError } from '#api/client'

/** Exit codes of the contract: 1 for every failure that has none of its own. */
const EXIT_CODES: Partial<Record<ErrorShape['code'], number>> = { usage: 2, 'no-daemon': 3, timeout: 4 }

export function failureOf(error: unknown): ErrorShape {
  if (error instanceof ApiError) {
    return { code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  }
  if (errnoOf(error)?.startsWith('ERR_PARSE_ARGS') === true) {
    return { code: 'usage', message: firstSentence((error as Error).message), hint: 'see holdfast help' }
  }
  return toErrorShape(error)
}

export function exitCodeOf(shape: ErrorShape): number {
  return EXIT_CODES[shape.code] ?? 1
}

function firstSentence(text: string): string {
  return text.split('. ')[0] ?? text
}
