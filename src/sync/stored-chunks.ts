import type { FolderChunks } from '#store'
import type { PlacedChunk } from './placed-chunks.ts'

/** What one call takes at most. */
const CALL_BYTES = 8 * 1024 * 1024
const CALL_CHUNKS = 256

type Wanted = Pick<PlacedChunk, 'id' | 'length'>

interface Pending {
  chunk: Wanted
  done(bytes: Uint8Array | null): void
}

/** Reads chunks out of the store: all that are asked for while a call is under way go with the next one. */
export class StoredChunks {
  readonly #store: Pick<FolderChunks, 'read'> | null
  #pending: Pending[] = []
  #reading = false

  constructor(store: Pick<FolderChunks, 'read'> | null) {
    this.#store = store
  }

  /** The chunk, verified; null where it is not there, or the store fails: it may be had elsewhere. */
  read(chunk: Wanted): Promise<Uint8Array | null> {
    const store = this.#store
    if (store === null) return Promise.resolve(null)
    return new Promise((done) => {
      this.#pending.push({ chunk, done })
      if (this.#reading) return
      this.#reading = true
      queueMicrotask(() => void this.#run(store))
    })
  }

  async #run(store: Pick<FolderChunks, 'read'>): Promise<void> {
    while (this.#pending.length > 0) {
      const call = this.#next()
      const found = await store.read(Buffer.concat(call.map(({ chunk }) => chunk.id))).catch(() => [])
      call.forEach(({ done }, at) => done(found[at] ?? null))
    }
    this.#reading = false
  }

  #next(): Pending[] {
    let [count, bytes] = [0, 0]
    for (const { chunk } of this.#pending) {
      if (count > 0 && (count === CALL_CHUNKS || bytes + chunk.length > CALL_BYTES)) break
      count++
      bytes += chunk.length
    }
    return this.#pending.splice(0, count)
  }
}
