import { readFileSync, writeFileSync } from 'node:fs'
import * as z from 'zod'

/** On the screens; px, from the main one's corner. */
const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().min(360), height: z.int().min(400) })

/** Where a window was, kept from start to start. */
export class WindowFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** Null where nothing usable was kept. */
  get kept(): z.infer<typeof Bounds> | null {
    try {
      return Bounds.parse(JSON.parse(readFileSync(this.#path, 'utf8')))
    } catch {
      return null
    }
  }

  keep(bounds: z.infer<typeof Bounds>): void {
    try {
      writeFileSync(this.#path, JSON.stringify(bounds))
    } catch {
      // It opens as it did before; a full disk is told of elsewhere.
    }
  }
}
