import { hlcTime, isLive, type DeviceId } from '#model'
import type { StepInput } from './steps.ts'

/** Something that sync did to the disk, for the activity list. */
export interface AppliedChange {
  event: 'added' | 'changed' | 'deleted' | 'renamed' | 'conflict'
  path: string
  /** Whose edit it was. */
  device: DeviceId | null
  /** Where it was before it was renamed. */
  from?: string
  detail?: string
  /** When it was deleted, ms, by the clock of that device. */
  made?: number
}

const KEPT_THERE = 'edited there while it was deleted or renamed elsewhere'

/** What a step did, in the user's words; null where it is not worth a line. */
export function appliedChange({ difference, row, move }: StepInput): AppliedChange | null {
  const { path } = difference
  const cause = row.heads.find((head) => isLive(head) !== (difference.do === 'remove'))
  const device = cause?.author ?? null
  switch (difference.do) {
    case 'create': {
      const { version, over } = difference
      if (version === null || (version.kind === 'directory' && over === null)) return null
      if (row.heads.length > 1 && path !== row.path) return { event: 'conflict', path, device: version.author }
      if (move !== null) return { event: 'renamed', path, device, from: move.from.path }
      if (over !== null) return { event: 'changed', path, device }
      return { event: 'added', path, device, ...(row.heads.every(isLive) ? {} : { detail: KEPT_THERE }) }
    }
    case 'metadata':
      return { event: 'changed', path, device }
    case 'remove':
      if (difference.shown.kind === 'directory') return null
      return { event: 'deleted', path, device, ...(cause && { made: hlcTime(cause.hlc) }) }
    case 'nothing':
      return null
  }
}
