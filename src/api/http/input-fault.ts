import type { ZodError } from 'zod'
import { durationText, HoldfastError } from '#base'
import type { Operation } from '../contract/index.ts'

type Issue = ZodError['issues'][number]

/** Fields whose name in the API is not what a user calls them. */
const NAMES: Readonly<Record<string, string>> = {
  expiresSeconds: 'the time until the code expires',
  forSeconds: 'the time of the pause',
  timeoutSeconds: 'the timeout',
  keep: 'what is to be kept',
  at: 'the time',
  to: 'the place to restore to',
}

/** What is wrong with the input of an operation, in words, as a `usage` failure. */
export function inputFault({ command }: Pick<Operation, 'command'>, error: ZodError): HoldfastError {
  const hint = command === null ? 'see /api/v1/openapi.json' : `holdfast ${command} --help tells what it takes`
  return new HoldfastError('usage', error.issues.map(describe).join('; '), {
    reason: 'bad-input',
    values: { field: error.issues[0]?.path.join('.') ?? '', ...toldOf(error.issues[0]) },
    hint,
  })
}

/** What is wrong, in a word, and the limit that counts. */
function toldOf(issue: Issue | undefined): { fault: string; limit: string } {
  const isTextual = issue !== undefined && 'origin' in issue && issue.origin === 'string'
  switch (issue?.code) {
    case 'too_big':
      return { fault: isTextual ? 'long' : 'big', limit: String(issue.maximum) }
    case 'too_small':
      return isTextual ? { fault: 'missing', limit: '' } : { fault: 'small', limit: String(issue.minimum) }
    case 'invalid_type':
      return { fault: issue.message.includes('undefined') ? 'missing' : 'other', limit: '' }
    case 'invalid_value':
      return { fault: 'choice', limit: issue.values.map(String).join(', ') }
    default:
      return { fault: 'other', limit: '' }
  }
}

function describe(issue: Issue): string {
  const key = issue.path.join('.')
  const name = key === '' ? 'the input' : (NAMES[key] ?? `the ${key}`)
  const amount = (number: number | bigint): string =>
    key.endsWith('Seconds') ? durationText(Number(number) * 1000) : String(number)
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'string'
        ? `${name} has more than ${issue.maximum} characters`
        : `${name} is more than ${amount(issue.maximum)}`
    case 'too_small':
      if (issue.origin === 'string') return `${name} is missing`
      return `${name} is ${issue.inclusive === true ? 'less than' : 'not more than'} ${amount(issue.minimum)}`
    case 'invalid_type':
      return issue.message.includes('undefined') ? `${name} is missing` : `${name} is not a ${issue.expected}`
    case 'invalid_value':
      return `${name} is one of ${issue.values.map(String).join(', ')}`
    case 'unrecognized_keys':
      return `there is no field ${issue.keys.join(', ')}`
    case 'invalid_format':
      if (issue.format !== 'regex') return `${name} is no proper ${issue.format}`
      // A pattern without words of its own helps nobody.
      return issue.message.startsWith('Invalid')
        ? `${name} is not written as it has to be`
        : `${name} is not right: ${issue.message}`
    default:
      return `${name} is not right: ${issue.message}`
  }
}
