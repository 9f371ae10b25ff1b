import { HoldfastError } from '#base'
import type { DeviceId } from '#model'

interface Named {
  device: DeviceId
  name: string
}

/** Is a device meant by a name, a PeerId or the last 8 characters of that? */
export function isCalled(reference: string): (device: Named) => boolean {
  return ({ device, name }) =>
    device === reference || name === reference || (reference.length === 8 && device.endsWith(reference))
}

/** A device by its name, PeerId or the last 8 characters of that; throws `not-found`, or `usage` where several fit. */
export function findDevice(reference: string, devices: readonly Named[]): DeviceId {
  const found = devices.filter(isCalled(reference))
  const [one, other] = found
  if (one === undefined)
    throw new HoldfastError('not-found', `there is no device ${reference} here`, {
      reason: 'no-device',
      values: { device: reference },
      hint: 'holdfast devices and holdfast nearby list them',
    })
  if (other !== undefined && other.device !== one.device) {
    throw new HoldfastError('usage', `several devices are called ${reference}`, {
      reason: 'several-devices',
      values: { device: reference },
      hint: `say which: ${found.map(({ device }) => device.slice(-8)).join(', ')}`,
    })
  }
  return one.device
}
