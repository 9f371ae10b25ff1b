import { giveBack } from '#base'

/** Cuts what lies in several pieces into slices, each a copy: a pipe gives the memory of what it has written back. */
export class Slices {
  readonly #pieces: readonly Uint8Array[]
  /** Bytes that are left. */
  left: number
  #piece = 0
  #at = 0

  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = pieces
    this.left = pieces.reduce((sum, { length }) => sum + length, 0)
  }

  /** The next `most` bytes, or all that is left. */
  next(most: number): Uint8Array {
    const slice = new Uint8Array(Math.min(this.left, most))
    for (let filled = 0; filled < slice.length;) {
      const piece = this.#pieces[this.#piece]!
      const some = piece.subarray(this.#at, this.#at + slice.length - filled)
      slice.set(some, filled)
      filled += some.length
      this.#at += some.length
      if (this.#at === piece.length) [this.#piece, this.#at] = [this.#piece + 1, 0]
    }
    this.left -= slice.length
    return slice
  }

  /** Gives the memory of the pieces back. */
  release(): void {
    this.#pieces.forEach(giveBack)
  }
}
