import { systemSentence } from './system-words.ts'
import { toldOf, type Told } from './told.ts'

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
  readonly told: Told

  constructor(code: ErrorCode, message: string, options: Told & { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HoldfastError'
    this.code = code
    this.hint = options.hint
    this.told = toldOf(options)
  }
}

/** The plain form in which an error crosses a thread, a socket or `--json`. */
export interface ErrorShape extends Told {
  code: ErrorCode
  message: string
  hint?: string
}

export function toErrorShape(error: unknown): ErrorShape {
  if (error instanceof HoldfastError) {
    const { code, message, hint, told } = error
    return { code, message, ...(hint === undefined ? {} : { hint }), ...told }
  }
  return { code: systemCode(error), ...(systemSentence(error) ?? { message: messageOf(error) }) }
}

/** What to do about a failure whose place knew nothing better. */
const HINTS: Record<ErrorCode, string> = {
  usage: 'holdfast help lists the commands, holdfast COMMAND --help what each takes',
  'no-daemon': 'start it with holdfast serve, or choose another home with --home',
  'not-found': 'check the spelling; holdfast status, holdfast devices and holdfast ls show what there is',
  exists: 'choose another name or place',
  denied: 'holdfast folder list shows what this device may do in its folders',
  blocked: 'holdfast status tells why',
  held: 'holdfast status tells what is held; holdfast folder approve FOLDER or holdfast folder reject FOLDER decides about it',
  full: 'free some space',
  timeout: 'holdfast status tells what is waited for; try again',
  offline: 'check that the other device runs and can be reached, then try again',
  corrupt: 'restore it from a backup, or get it anew from another device',
  conflict: 'look again, then repeat it',
  unsupported: 'holdfast help lists what this version can do',
  internal: 'try again; holdfast support-bundle FILE gathers what a report of it needs',
}

/** Every failure that is shown says what to do. */
export function withHint(shape: ErrorShape): ErrorShape & { hint: string } {
  return { ...shape, hint: shape.hint ?? HINTS[shape.code] }
}

export function fromErrorShape(shape: ErrorShape): HoldfastError {
  return new HoldfastError(shape.code, shape.message, {
    ...toldOf(shape),
    ...(shape.hint === undefined ? {} : { hint: shape.hint }),
  })
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
    case 'ENOTDIR':
      return 'not-found'
    case 'EEXIST':
    case 'EADDRINUSE':
      return 'exists'
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
