import { HoldfastError } from '#base'
import type { DeviceId } from '#model'

/** Thrown where the bulk link closed over which a device had been asked something. */
export class LinkBrokenError extends HoldfastError {
  constructor(device: DeviceId) {
    super('offline', `the bulk link to ${device} closed before it had answered`)
  }
}

/** An answer to something else. */
export function misfit(device: DeviceId): HoldfastError {
  return new HoldfastError('corrupt', `${device} answered what it was not asked`)
}

export function offline(device: DeviceId): HoldfastError {
  return new HoldfastError('offline', `the connection to ${device} ended before it had answered`)
}

export function struckOut(device: DeviceId): HoldfastError {
  return new HoldfastError('denied', `${device} did what no device should, and is not asked any more during this connection`)
}
