import { HoldfastError, messageOf } from '#base'
import type { Problem } from '#db'

const FOREVER = Number.MAX_SAFE_INTEGER
/** How long a path is left alone, by why it could not be brought to the disk. */
const PUT_OFF_MS: Record<Problem['code'], number> = {
  unreadable: 30_000,
  changing: 2_000,
  name: FOREVER,
  twin: 60_000,
  full: 30_000,
  'missing-chunks': 30_000,
  'local-edit': FOREVER,
  'not-empty': 30_000,
  denied: 60_000,
  'too-large': FOREVER,
  io: 30_000,
  'device-boundary': 60_000,
  special: 60_000,
  'ignore-rules': 60_000,
}

/** When (ms) a path that could not be brought to the disk is tried again. */
export function putOffUntil(code: Problem['code'], now: number): number {
  return PUT_OFF_MS[code] === FOREVER ? FOREVER : now + PUT_OFF_MS[code]
}

/** What a failure means for the one path it happened to; null where the whole folder cannot go on. */
export function problemOf(error: unknown): Pick<Problem, 'code' | 'message'> | null {
  switch (error instanceof HoldfastError ? error.code : 'internal') {
    case 'not-found':
      return { code: 'missing-chunks', message: 'no connected device has all of its content' }
    case 'exists':
      return { code: 'twin', message: messageOf(error) }
    case 'full':
      return { code: 'full', message: messageOf(error) }
    case 'corrupt':
      return { code: 'too-large', message: messageOf(error) }
    case 'blocked':
    case 'held':
    case 'offline':
      return null
    default:
      return { code: 'io', message: messageOf(error) }
  }
}
