import type { FolderDisk, StageFile, StageResult } from '#folder'

/** Stage calls at work at once: while one waits for the disk to be flushed the next one writes. */
const PARALLEL = 2
/** What one call takes at most. */
const CALL_BYTES = 8 * 1024 * 1024
const CALL_FILES = 256
/** So many bytes of a file are written before they are flushed: in parts, or the end of a large file would wait for all of it. */
const FLUSH_BYTES = 32 * 1024 * 1024

interface Pending {
  file: StageFile
  bytes: number
  done(result: StageResult): void
  failed(error: unknown): void
}

/** Collects pieces of staged files and hands all that wait to the disk in one call, so that many small files share a flush. */
export class Stager {
  readonly #disk: Pick<FolderDisk, 'stage'>
  readonly #pending: Pending[] = []
  #running = 0
  /** Bytes of each file written since it was flushed. */
  readonly #unflushed = new Map<string, number>()

  constructor(disk: Pick<FolderDisk, 'stage'>) {
    this.#disk = disk
  }

  /** Stages one piece of a file. Pieces of the same file must not overlap in time with its finishing piece. */
  stage(file: StageFile): Promise<StageResult> {
    let bytes = 0
    for (const write of file.writes) bytes += 'bytes' in write ? write.bytes.length : write.length
    return new Promise((done, failed) => {
      this.#pending.push({ file: this.#isDue(file, bytes) ? { ...file, flush: true } : file, bytes, done, failed })
      this.#pump()
    })
  }

  /** Is it time to flush what was written of a file, `bytes` more included? */
  #isDue({ name, begun, finish }: StageFile, bytes: number): boolean {
    const unflushed = (begun ? (this.#unflushed.get(name) ?? 0) : 0) + bytes
    const isDue = unflushed >= FLUSH_BYTES
    if (finish === undefined) this.#unflushed.set(name, isDue ? 0 : unflushed)
    else this.#unflushed.delete(name)
    return isDue
  }

  #pump(): void {
    while (this.#running < PARALLEL && this.#pending.length > 0) {
      const call: Pending[] = []
      let bytes = 0
      for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
        if (call.length > 0 && (call.length >= CALL_FILES || bytes + next.bytes > CALL_BYTES)) break
        call.push(next)
        bytes += next.bytes
        this.#pending.shift()
      }
      this.#running++
      void this.#run(call)
    }
  }

  async #run(call: Pending[]): Promise<void> {
    try {
      const results = await this.#disk.stage(call.map(({ file }) => file))
      call.forEach(({ done, file }, at) =>
        done(results[at] ?? { ok: false, name: file.name, code: 'io', bad: [], message: 'no answer' }),
      )
    } catch (error) {
      for (const { failed } of call) failed(error)
    } finally {
      this.#running--
      this.#pump()
    }
  }
}
