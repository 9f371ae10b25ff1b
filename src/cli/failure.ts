import { errnoOf, messageOf, toErrorShape, withHint, type ErrorShape } from '#base'
import { ApiError } from '#api/client'

/** Exit codes of the contract: 1 for every failure that has none of its own. */
const EXIT_CODES: Partial<Record<ErrorShape['code'], number>> = { usage: 2, 'no-daemon': 3, timeout: 4 }

/** Any failure as what is shown of it; each says what to do. */
export function failureOf(error: unknown): Required<ErrorShape> {
  if (error instanceof ApiError) {
    return withHint({ code: error.code, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) })
  }
  return withHint(misreadOption(error) ?? toErrorShape(error))
}

export function exitCodeOf(shape: ErrorShape): number {
  return EXIT_CODES[shape.code] ?? 1
}

/** What Node says of options that it cannot make sense of, in our words. */
function misreadOption(error: unknown): ErrorShape | undefined {
  const code = errnoOf(error)
  if (code?.startsWith('ERR_PARSE_ARGS') !== true) return undefined
  const [, option = ''] = /'(?:-\w, )?(-[^' ]*)/.exec(messageOf(error)) ?? []
  const hint = 'holdfast COMMAND --help tells what a command takes'
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return { code: 'usage', message: `there is no option ${option} here`, hint }
  if (messageOf(error).includes('ambiguous'))
    return {
      code: 'usage',
      message: `${option} needs a value, and what follows it looks like an option`,
      hint: `write a value that begins with a dash as ${option}=VALUE`,
    }
  const takes = messageOf(error).includes('does not take an argument') ? 'takes no value' : 'needs a value'
  return { code: 'usage', message: `${option} ${takes}`, hint }
}
