import { HoldfastError, orAborted } from '#base'
import { chunkIdBytes } from '#content'
import type { FolderDisk, StageFile } from '#folder'

/** Bytes staged in one call. */
const PIECE_BYTES = 1024 * 1024
/** So many are written before they are flushed: in parts, or the end of a large file would wait for all of it. */
const FLUSH_BYTES = 32 * PIECE_BYTES

export interface StageContentParts {
  disk: Pick<FolderDisk, 'stage' | 'transition'>
  idKey: Uint8Array
  /** See PullerParts. */
  staged: Set<string>
}

/**
 * Stages what comes, piece by piece, whole and flushed, under a name that is in `staged` until `dropContent`. `finish` is asked when all
 * has come. Resolves to the size. Nothing is left where it throws: `full`, what the disk says, or what `content` throws.
 */
export async function stageContent(
  parts: StageContentParts,
  name: string,
  content: AsyncIterable<Uint8Array>,
  finish: () => { mode: number; mtime: number },
  signal: AbortSignal,
): Promise<number> {
  parts.staged.add(name)
  try {
    // What is being removed from the stage was chosen before the name was known: that is waited for.
    await parts.disk.transition([])
    await stage(parts, { name, begun: false, writes: [] })
    let size = 0
    for await (const bytes of piecesOf(content, signal)) {
      const write = { id: chunkIdBytes(parts.idKey, bytes), offset: size, bytes, isAlone: true }
      size += bytes.length
      await stage(parts, { name, begun: true, writes: [write], ...(size % FLUSH_BYTES === 0 && { flush: true }) })
    }
    await stage(parts, { name, begun: true, writes: [], finish: { size, ...finish() } })
    return size
  } catch (error) {
    await dropContent(parts, name)
    throw error
  }
}

/** Removes what is staged under a name, if it is there still. */
export async function dropContent({ disk, staged }: StageContentParts, name: string): Promise<void> {
  // What cannot be removed now goes with the next cleaning of the stage.
  await disk.stage([{ name, begun: true, writes: [], drop: true }]).catch(() => undefined)
  staged.delete(name)
}

async function stage({ disk }: StageContentParts, file: StageFile): Promise<void> {
  const [result] = await disk.stage([file])
  if (result?.ok === true) return
  const code = result?.code === 'full' ? 'full' : 'internal'
  throw new HoldfastError(code, `nothing more can be written into the folder: ${result?.message ?? 'the disk gave no answer'}`)
}

/** The same bytes in pieces of one length, but for the last, each in a buffer of its own. */
async function* piecesOf(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = content[Symbol.asyncIterator]()
  let piece = new Uint8Array(PIECE_BYTES)
  let length = 0
  try {
    for (;;) {
      const next = await orAborted(source.next(), signal)
      if (next.done === true) break
      for (let rest: Uint8Array = next.value; rest.length > 0;) {
        const part = rest.subarray(0, PIECE_BYTES - length)
        piece.set(part, length)
        length += part.length
        rest = rest.subarray(part.length)
        if (length < PIECE_BYTES) continue
        yield piece
        piece = new Uint8Array(PIECE_BYTES)
        length = 0
      }
    }
  } finally {
    // One that is stuck is not waited for.
    source.return?.().catch(() => undefined)
  }
  if (length > 0) yield piece.slice(0, length)
}
