/** A bound on bytes held at once: `take` waits in order until they fit. One item larger than the whole bound passes alone. */
export class ByteBudget {
  readonly #limit: number
  #used = 0
  readonly #waiting: { bytes: number; go: () => void }[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  async take(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) {
      this.#used += bytes
      return
    }
    await new Promise<void>((go) => this.#waiting.push({ bytes, go }))
  }

  give(bytes: number): void {
    this.#used -= bytes
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#used += next.bytes
      next.go()
    }
  }

  get used(): number {
    return this.#used
  }

  #fits(bytes: number): boolean {
    return this.#used === 0 || this.#used + bytes <= this.#limit
  }
}
