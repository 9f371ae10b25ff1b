import type { DeviceId } from '#model'
import { partitionOf } from './partition.ts'
import type { Holders } from './shares.ts'

/**
 * What a device has to have of a chunk: a block in its store; a copy of any kind, which a file on its disk is as well; nothing; or,
 * for now, nothing: the anchor has its chance first.
 */
export type Duty = 'block' | 'copy' | 'none' | 'later'

export interface DutyInput {
  device: DeviceId
  holders: Holders
  /** The device wrote the version. */
  isAuthor: boolean
  /** Does that anchor have all that it has to have of the version, as far as it has said? */
  isKeptBy(anchor: DeviceId): boolean
  /** Is it to be expected soon? */
  isExpectedOf(anchor: DeviceId): boolean
}

/** An anchor that is connected is waited for so long from the time a version was written, ms. */
const ANCHOR_FIRST_MS = 10 * 60_000
/** And so long for one that was replaced or deleted since: what of its content there is left is not to wait. */
const PAST_FIRST_MS = 60_000

/** Has the anchor its chance still with what was written at that time? By a clock that is years behind it would have it for years. */
export function isAnchorFirst(written: number, now: number, isHead: boolean): boolean {
  return Math.abs(now - written) < (isHead ? ANCHOR_FIRST_MS : PAST_FIRST_MS)
}

/**
 * The holder rule: the anchor has a block, the other holders a copy. And custody: whoever wrote a version answers for it with a block
 * until the anchor has one.
 */
export function dutyOf(chunk: Uint8Array, { device, holders, isAuthor, isKeptBy, isExpectedOf }: DutyInput): Duty {
  const [anchor, ...others] = holders[partitionOf(chunk, holders.length)] ?? []
  if (anchor === device) return 'block'
  if (isAuthor && (anchor === undefined || !isKeptBy(anchor)))
    return anchor !== undefined && isExpectedOf(anchor) ? 'later' : 'block'
  return others.includes(device) ? 'copy' : 'none'
}
