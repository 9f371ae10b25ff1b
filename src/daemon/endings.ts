/** How what was started ends: the last one first. All of them end, also when one fails. */
export class Endings {
  readonly #endings: (() => unknown)[] = []

  add(end: () => unknown): void {
    this.#endings.push(end)
  }

  /** Throws what the first one that failed threw, when all have been tried. A second call does nothing. */
  async run(): Promise<void> {
    const faults: unknown[] = []
    for (const end of this.#endings.splice(0).toReversed()) {
      try {
        await end()
      } catch (error) {
        faults.push(error)
      }
    }
    if (faults.length > 0) throw faults[0]
  }
}
