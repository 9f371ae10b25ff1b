import { errnoOf, type Random } from '#base'
import { blockDigest, blockKeyId, chunkId, peekBlock } from '#content'
import { fromHex, sameBytes, toHex } from '#model'
import type { BlockFiles } from './block-files.ts'
import type { BlockTable, SealedChunk } from './block-table.ts'
import type { FolderSealing } from './folder-sealing.ts'
import { openSeal } from './open-seal.ts'
import type { Inspected, InspectPart } from './upkeep.ts'

/** Digests taken from the table at once. */
const PAGE = 256

interface InspectParts {
  table: Pick<BlockTable, 'page' | 'block' | 'sealOf'>
  files: Pick<BlockFiles, 'read'>
  random: Random
}

/** See StoreUpkeep. */
export async function inspectBlocks({ table, files, random }: InspectParts, part: InspectPart): Promise<Inspected> {
  const suspects: Uint8Array[] = []
  let [checked, bytes, after]: [number, number, Uint8Array] = [0, 0, fromHex(part.after)]
  const told = (isEnd: boolean): Inspected => ({
    checked,
    suspects: Buffer.concat(suspects),
    next: isEnd ? null : toHex(after),
  })
  for (;;) {
    const page = table.page(after, PAGE)
    for (const digest of page) {
      after = digest
      if (part.part < 1 && random.fraction() >= part.part) continue
      const known = table.block(digest)
      if (known === undefined || known.isDamaged) continue
      const block = known.bytes ?? (await files.read(digest).catch(nothingWhereDamaged))
      checked++
      bytes += known.length
      const seal = table.sealOf(digest)
      const isSound = block !== null && block.length === known.length && sameBytes(blockDigest(block), digest)
      if (!isSound || !isSealOf(block, seal, part.sealings)) suspects.push(digest)
      if (checked >= part.blocks || bytes >= part.bytes) return told(false)
    }
    if (page.length < PAGE) return told(true)
  }
}

/** See StoreUpkeep. */
export async function missingBlocks(
  { table, files }: { table: Pick<BlockTable, 'filed'>; files: Pick<BlockFiles, 'length'> },
  after: string,
  blocks: number,
): Promise<Inspected> {
  const page = table.filed(fromHex(after), blocks)
  const lengths = await Promise.all(page.map(({ digest }) => files.length(digest).catch(nothingWhereDamaged)))
  const suspects = page.flatMap(({ digest, length }, at) => (lengths[at] === length ? [] : [digest]))
  const last = page.length < blocks ? undefined : page.at(-1)?.digest
  return { checked: page.length, suspects: Buffer.concat(suspects), next: last === undefined ? null : toHex(last) }
}

/** A sector that cannot be read is damage as well; other failures are not the block's. */
function nothingWhereDamaged(error: unknown): null {
  if (['EIO', 'EUCLEAN', 'EBADMSG'].includes(errnoOf(error) ?? '')) return null
  throw error
}

/** Is a block the chunk that it is said to be of, as far as the keys that are here tell? */
export function isSealOf(block: Uint8Array, seal: SealedChunk | null, sealings: readonly FolderSealing[]): boolean {
  if (seal === null) return true
  // The key that it is sealed with tells the folder better than its row.
  const sealing = sealingFor(block, sealings)?.sealing ?? sealings.find(({ folder }) => folder === seal.folder)
  return sealing === undefined || opens(block, seal, sealing)
}

function opens(block: Uint8Array, { folder, chunk, length }: SealedChunk, sealing: FolderSealing): boolean {
  const opened = openSeal(block, chunk, { ...sealing, folder })
  return typeof opened === 'string' ? opened === 'unreadable' : opened.length === length
}

/** The chunk that a block without a row was made of; null where no key here opens the block. */
export function sealOfBlock(block: Uint8Array, sealings: readonly FolderSealing[]): SealedChunk | null {
  const found = sealingFor(block, sealings)
  const bytes = found === undefined ? null : peekBlock(block, found.key)
  if (found === undefined || bytes === null) return null
  const { folder, idKey } = found.sealing
  const seal = { folder, chunk: chunkId(idKey, bytes), length: bytes.length }
  return opens(block, seal, found.sealing) ? seal : null
}

function sealingFor(
  block: Uint8Array,
  sealings: readonly FolderSealing[],
): { sealing: FolderSealing; key: Uint8Array } | undefined {
  const name = nameOfKey(block)
  for (const sealing of sealings) {
    const key = sealing.keys.find(({ id }) => toHex(id) === name)?.key
    if (key !== undefined) return { sealing, key }
  }
  return undefined
}

/** null where it is no block of a form that is known. */
function nameOfKey(block: Uint8Array): string | null {
  try {
    return blockKeyId(block)
  } catch {
    return null
  }
}
