import { devicePublicKey, sha256, type DeviceId } from '#model'

const LABEL = Buffer.from('holdfast/v1/placement\0')
/** Numbers of 32 bits in a hash. */
const NUMBERS = 8
const RANGE = 2 ** 33

/** A device's number for each partition, uniform below 2^32: what rendezvous hashing compares. */
export function hashNumbers(device: DeviceId, partitions: number): Uint32Array {
  const numbers = new Uint32Array(partitions)
  const input = Buffer.alloc(LABEL.length + 32 + 4)
  input.set(LABEL)
  input.set(devicePublicKey(device), LABEL.length)
  for (let first = 0; first < partitions; first += NUMBERS) {
    input.writeUInt32BE(first / NUMBERS, LABEL.length + 32)
    const hash = Buffer.from(sha256(input))
    const count = Math.min(NUMBERS, partitions - first)
    for (let at = 0; at < count; at++) numbers[first + at] = hash.readUInt32BE(4 * at)
  }
  return numbers
}

/**
 * How little a device is meant for a partition when it is to hold `share` of `partitions`: the odds of its number over the odds of its
 * share, below 2^49. The least few in a partition include each device nearly as often as its share says, and as independently
 * of one another as can be (B. Rosén, On sampling with probability proportional to size, 1997: Pareto sampling). Two exact
 * products below 2^53 and one division of binary64, so it is the same on every engine.
 */
export function score(number: number, share: number, partitions: number): number {
  const odd = 2 * number + 1
  return (odd * (partitions - share)) / ((RANGE - odd) * share)
}

/** The order among the holders of a partition, which no share and no score weighs. */
export function rank(number: number): number {
  return number % 65_536
}
