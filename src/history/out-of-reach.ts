import { HoldfastError } from '#base'
import type { Version } from '#model'

/** Thrown where content of a version is neither on this device nor, as far as can be told, on one that is connected. */
export class OutOfReachError extends HoldfastError {
  constructor(message: string, path: string) {
    super('offline', message, {
      reason: 'content-away',
      values: { path, devices: '', number: 0, said: 'no' },
      hint: 'connect the other devices of the folder (holdfast devices shows them), and try again',
    })
  }
}

/** Some content of a version is on no device that is connected. */
export function nowhere(version: Version): OutOfReachError {
  return new OutOfReachError(`some content of ${version.path} as it was then is on no device that is connected`, version.path)
}

/** Why a version's content is on no device. */
export function whyGone({
  isLost,
  isGivenUp,
  isNeverKept,
}: Partial<Record<'isLost' | 'isGivenUp' | 'isNeverKept', boolean>>): string {
  if (isNeverKept) return 'it was replaced or deleted before any device had kept it, as far as this one knows'
  if (isLost || isGivenUp) return 'it was kept once, and is on no device any more'
  return 'the retention policy has forgotten the version, or no device has it any more'
}
