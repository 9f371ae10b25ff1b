/**
 * Content that is being put into the store for a version that is still to be written: as long as that lasts, nothing of the folder
 * is found to be unneeded.
 */
export class Holds {
  #count = 0

  get any(): boolean {
    return this.#count > 0
  }

  /** Runs `work`, which looks for content or stores it, and writes the record that needs it. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count++
    try {
      return await work()
    } finally {
      this.#count--
    }
  }
}
