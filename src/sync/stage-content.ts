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
    let file: StageFile = { name, begun: false, writes: [] }
    let size = 0
    // A piece is written when the next one has come: a small file is staged by one call.
    for await (const bytes of piecesOf(content, signal)) {
      if (size > 0) {
        await stage(parts, file)
        file = { name, begun: true, writes: [] }
      }
      file.writes.push({ id: chunkIdBytes(parts.idKey, bytes), offset: size, bytes, isAlone: true })
      size += bytes.length
      if (size % FLUSH_BYTES === 0) file.flush = true
    }
    await stage(parts, { ...file, finish: { size, ...finish() } })
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
  throw new HoldfastError(code, `nothing more can be written into the folder: ${result?.message ?? 'the disk gave no answer'}`, {
    reason: 'cannot-stage',
    values: { problem: code },
  })
}

/** The same bytes in pieces of one length, but for the last, each in a buffer of its own. */
async function* piecesOf(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = content[Symbol.asyncIterator]()
  let parts: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const next = await orAborted(source.next(), signal)
      if (next.done === true) break
      for (let rest: Uint8Array = next.value; rest.length > 0;) {
        const part = rest.subarray(0, PIECE_BYTES - length)
        parts.push(part)
        length += part.length
        rest = rest.subarray(part.length)
        if (length < PIECE_BYTES) continue
        yield joined(parts, length)
        ;[parts, length] = [[], 0]
      }
    }
  } finally {
    // One that is stuck is not waited for.
    source.return?.().catch(() => undefined)
  }
  if (length > 0) yield joined(parts, length)
}

/** Not larger than it need be: a small file must not cost the memory of a large one's piece. */
function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const piece = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    piece.set(part, at)
    at += part.length
  }
  return piece
}
