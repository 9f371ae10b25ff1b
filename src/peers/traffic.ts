/** Bytes over links, frames included; what a device's links count, its peer's total and the network's total count too. */
export class Traffic {
  readonly #total: Traffic | undefined
  sent = 0
  received = 0

  constructor(total?: Traffic) {
    this.#total = total
  }

  addSent(bytes: number): void {
    this.sent += bytes
    this.#total?.addSent(bytes)
  }

  addReceived(bytes: number): void {
    this.received += bytes
    this.#total?.addReceived(bytes)
  }
}
