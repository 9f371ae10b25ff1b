import type { Clock } from '#base'
import type { Transfers } from '#api/contract'
import { RateMeter } from './rate-meter.ts'

type PeerRate = Transfers['peers'][number]

/** How many bytes come from and go to each connected device now; each meter lives as long as its connection's counters. */
export class PeerRates {
  readonly #clock: Clock
  readonly #meters = new WeakMap<object, RateMeter>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Those that something comes from or goes to, what moves most first. */
  read(peers: readonly { readonly device: string; readonly traffic: { sent: number; received: number } }[]): PeerRate[] {
    const rates = peers.map(({ device, traffic }) => ({ device, ...this.#meterOf(traffic).read() }))
    return rates.filter((rate) => sumOf(rate) > 0).toSorted((a, b) => sumOf(b) - sumOf(a))
  }

  #meterOf(traffic: { sent: number; received: number }): RateMeter {
    let meter = this.#meters.get(traffic)
    if (meter === undefined) {
      meter = new RateMeter(this.#clock, () => ({ sent: traffic.sent, received: traffic.received }))
      this.#meters.set(traffic, meter)
    }
    return meter
  }
}

function sumOf({ receiveBytesPerSecond, sendBytesPerSecond }: PeerRate): number {
  return receiveBytesPerSecond + sendBytesPerSecond
}
