import { CHUNK_ID_BYTES, idAt, type FolderId } from '#model'
import type { Swept } from '#history'
import type { Sweepable } from '#store'

const PAGE = 1_024

/**
 * Removes the blocks of a folder that others have said may go, once the grace is over: as long as nobody has asked for one since, nor put it
 * there again, nor said that it must not go.
 */
export async function sweepPending(
  {
    folder,
    blocks,
    step,
  }: { folder: FolderId; blocks: Pick<Sweepable, 'pending' | 'note' | 'sweep'>; step(blocks: number): Promise<void> },
  { now, grace, isDry }: { now: number; grace: number; isDry: boolean },
): Promise<Omit<Swept, 'obstacle'>> {
  const until = now - grace
  const swept = { blocks: 0, bytes: 0, waitingBlocks: 0, waitingBytes: 0 }
  for (let after: Uint8Array = new Uint8Array(0); ;) {
    const { ids, lengths, since } = await blocks.pending(folder, after, PAGE)
    const those = (are: (time: number) => boolean): Uint8Array[] =>
      lengths.flatMap((_, at) => (are(since[at]!) ? [idAt(ids, at)] : []))
    const ripe = those((time) => time <= until)
    const ripeBytes = lengths.reduce((sum, length, at) => sum + (since[at]! <= until ? length : 0), 0)
    let removed = { blocks: ripe.length, bytes: ripeBytes }
    swept.waitingBlocks += lengths.length - ripe.length
    swept.waitingBytes += lengths.reduce((sum, length) => sum + length, 0) - ripeBytes
    if (!isDry) {
      // A clock that was ahead must not make it wait for years.
      const ahead = those((time) => time > now)
      if (ahead.length > 0) await blocks.note(folder, { unneeded: Buffer.concat(ahead), needed: new Uint8Array(0) }, now)
      if (ripe.length > 0) removed = await blocks.sweep(folder, Buffer.concat(ripe), until)
    }
    swept.blocks += removed.blocks
    swept.bytes += removed.bytes
    await step(lengths.length)
    if (lengths.length < PAGE) return swept
    after = ids.slice(-CHUNK_ID_BYTES)
  }
}
