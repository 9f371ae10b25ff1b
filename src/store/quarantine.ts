import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '#base'
import { cidOf } from './cid.ts'

/**
 * What is left of damaged blocks, for whoever wants to look into it: nothing of Holdfast reads it. Bounded; the newest are kept. That it
 * cannot be written keeps nothing from going on.
 */
export class Quarantine {
  readonly #directory: string
  readonly #clock: Pick<Clock, 'now'>
  readonly #options: { bytes: number; files: number }
  /** What is in it, the oldest first; undefined until it is asked for. */
  #kept: { file: string; size: number }[] | undefined

  constructor({ directory, clock }: { directory: string; clock: Pick<Clock, 'now'> }, options: { bytes: number; files: number }) {
    this.#directory = directory
    this.#clock = clock
    this.#options = options
  }

  async take(digest: Uint8Array, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#options.bytes) return
    try {
      const kept = (this.#kept ??= await this.#list())
      const file = join(this.#directory, `${this.#clock.now()}-${cidOf(digest).toString()}.block`)
      kept.push({ file, size: bytes.length })
      let sum = kept.reduce((total, { size }) => total + size, 0)
      while (sum > this.#options.bytes || kept.length > this.#options.files) {
        const oldest = kept.shift()!
        sum -= oldest.size
        await rm(oldest.file, { force: true })
      }
      await writeFile(file, bytes, { mode: 0o600 })
    } catch {
      // A full or broken disk: what is damaged is noted all the same.
    }
  }

  /** The times that the names begin with sort as text until the year 2286. */
  async #list(): Promise<{ file: string; size: number }[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const files = (await readdir(this.#directory)).toSorted().map((name) => join(this.#directory, name))
    return Promise.all(files.map(async (file) => ({ file, size: (await stat(file)).size })))
  }
}
