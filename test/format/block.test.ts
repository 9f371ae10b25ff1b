import { describe, expect, it } from 'vitest'
import { blockDigest, chunkId, openBlock, sealBlock } from '#content'
import { fromHex, toHex, type ChunkId, type FolderId } from '#model'
import frozen from './block.json' with { type: 'json' }

const folder = frozen.folder as FolderId
const key = { id: fromHex(frozen.key.id), key: fromHex(frozen.key.key) }
const keyOf = (id: string): Uint8Array | undefined => (id === frozen.key.id ? key.key : undefined)

const isPacked = ({ name }: { name: string }): boolean => name === 'packed' || name === 'zeros'

describe('the frozen block format', () => {
  it.each(frozen.blocks)('$name: opens', ({ chunk, bytes, block, digest }) => {
    const opened = openBlock(fromHex(block), { folder, chunk: chunk as ChunkId }, keyOf)
    expect(toHex(opened)).toBe(bytes)
    expect(chunkId(fromHex(frozen.idKey), opened)).toBe(chunk)
    expect(toHex(blockDigest(fromHex(block)))).toBe(digest)
  })

  it.each(frozen.blocks.filter((each) => !isPacked(each)))('$name: is made the same', ({ chunk, bytes, salt, block }) => {
    expect(toHex(sealBlock(fromHex(bytes), { folder, chunk: chunk as ChunkId }, key, fromHex(salt)))).toBe(block)
  })

  it('has packed and bare blocks', () => {
    expect(frozen.blocks.filter(isPacked).length).toBe(2)
    for (const { bytes, block } of frozen.blocks.filter(isPacked)) expect(block.length).toBeLessThan(bytes.length)
  })
})
