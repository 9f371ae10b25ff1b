import type { BlockFiles } from '#store'
import { fromHex, toHex } from '#model'
import { never, type Boot } from './boot.ts'
import type { Dice } from './dice.ts'

/** What the store has of the files of its blocks. */
export type BlockFilesPort = Pick<BlockFiles, 'write' | 'read' | 'length' | 'remove' | 'directories' | 'in' | 'removeOld'>

interface BlockFile {
  bytes: Uint8Array
  /** ms, by the device's clock. */
  written: number
  isFlushed: boolean
}

const DIRECTORY = 'all'

/** Files of blocks, by their digests in hex, on a disk that loses at a power cut what was not flushed, and may bring back what was removed. */
export class SimBlockFiles {
  readonly #files = new Map<string, BlockFile>()
  /** How often any of them has come, gone, or become another one. */
  changes = 0
  /** Removed since the last power cut. */
  readonly #removed = new Map<string, BlockFile>()
  readonly #now: () => number
  readonly #dice: Dice

  constructor(now: () => number, dice: Dice) {
    this.#now = now
    this.#dice = dice
  }

  get names(): string[] {
    return [...this.#files.keys()].toSorted()
  }

  /** null: there is no such file. */
  bytes(name: string): Uint8Array | null {
    return this.#files.get(name)?.bytes ?? null
  }

  /** Damage: other bytes, or (null) none. */
  spoil(name: string, bytes: Uint8Array | null): void {
    this.changes++
    if (bytes === null) this.#files.delete(name)
    else this.#files.set(name, { bytes, written: 0, isFlushed: true })
  }

  /** The files as one run of the store meets them. `step` is called where the power may go; `losesFlush`: flushes have no effect. */
  connect(boot: Boot, step: () => void, losesFlush: boolean): BlockFilesPort {
    return {
      write: async (blocks) => {
        const names = blocks.map(({ digest }) => toHex(digest))
        if (names.length === 0) return
        for (const { digest, bytes } of blocks) {
          step()
          if (!boot.alive) return never()
          const file = { bytes: new Uint8Array(bytes), written: this.#now(), isFlushed: false }
          this.#files.set(toHex(digest), file)
          this.changes++
        }
        await boot.call('blocks.flush', () => {
          step()
          for (const name of names) if (!losesFlush) this.#files.get(name)!.isFlushed = true
        })
        step()
        return boot.alive ? undefined : never()
      },
      read: (digest) => {
        const bytes = this.bytes(toHex(digest))
        return Promise.resolve(bytes === null ? null : new Uint8Array(bytes))
      },
      length: (digest) => Promise.resolve(this.bytes(toHex(digest))?.length ?? null),
      remove: (digests) => {
        for (const digest of digests) {
          step()
          if (!boot.alive) return never()
          this.#remove(toHex(digest))
        }
        return Promise.resolve()
      },
      directories: () => Promise.resolve([DIRECTORY]),
      in: () => Promise.resolve(this.names.map((path) => ({ path, digest: fromHex(path) }))),
      removeOld: (path, before) => {
        const file = this.#files.get(path)
        if (file === undefined || file.written >= before) return Promise.resolve(null)
        this.#remove(path)
        return Promise.resolve(file.bytes.length)
      },
    }
  }

  cut(): void {
    this.changes++
    for (const [name, file] of this.#removed) if (!this.#files.has(name) && this.#dice.chance(0.3)) this.#files.set(name, file)
    this.#removed.clear()
    for (const [name, file] of [...this.#files]) {
      if (file.isFlushed) continue
      const fate = this.#dice.pick(['there', 'torn', 'gone'] as const)
      if (fate === 'gone') this.#files.delete(name)
      else if (fate === 'torn') file.bytes = file.bytes.slice(0, this.#dice.between(0, file.bytes.length - 1))
      file.isFlushed = true
    }
  }

  #remove(name: string): void {
    this.changes++
    const file = this.#files.get(name)
    if (file?.isFlushed === true) this.#removed.set(name, file)
    this.#files.delete(name)
  }
}
