import type { Problem } from '#api/contract'

/** An entry does not sync. */
export function isNotSynced({ code }: Problem): boolean {
  return code !== 'lost' && code !== 'lies' && code !== 'out-of-reach'
}

/** Versions that only devices have which are away. */
export function isOutOfReach({ code }: Problem): boolean {
  return code === 'out-of-reach'
}

export function isLost({ code }: Problem): boolean {
  return code === 'lost'
}
