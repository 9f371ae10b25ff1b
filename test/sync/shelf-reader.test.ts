import { describe, expect, test } from 'vitest'
import { encodeSummary, signingKey, signSegment, SUMMARY_EPOCH, type Segment } from '#model'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { isCompared } from '../../src/sync/comparison.ts'
import { author, A, B, C, FOLDER, gone, heads, open, send, symlink } from '../db/fixtures.ts'
import { member, nameOf, NEVER, storage, type Member, type Storage } from '../exchange/segment-devices.ts'

/** A storage device that has all of an index in segments, those of `steps` one after another. */
async function filled(nas: Storage, of: Member, steps: (() => void)[]): Promise<void> {
  of.connect(nas)
  const bringer = of.bringer(nas)
  for (const step of steps) {
    step()
    await bringer.bring()
  }
}

/** Three edits of A, each in a segment of its own with the others after it. */
function edits(index: SqliteFolderIndex): (() => void)[] {
  const batch = (count: number, at: number) => (): void => {
    author(index, ...Array.from({ length: count }, (_, n) => symlink(`l${at}-${n}`, 'target')))
  }
  return [batch(16, 1), batch(4, 2), batch(1, 3)]
}

function countBlocks({ calls }: Storage): { blocks: number } {
  const count = { blocks: 0 }
  const { sealed } = calls
  calls.sealed = (...args) => {
    count.blocks++
    return sealed(...args)
  }
  return count
}

function compared(of: Member, words: Parameters<typeof isCompared>[0]['shelves']): boolean {
  const members = [{ device: A.id, creator: true }]
  return isCompared({ have: of.index.have(), peers: [], members, shelves: words ?? [], now: 0 })
}

async function recordsOf(of: Member, from: Storage): Promise<Segment[]> {
  const named = (await of.named(from)).filter(({ epoch }) => epoch !== SUMMARY_EPOCH)
  return named.toSorted((a, b) => a.first - b.first)
}

describe('a device that has only storage devices to ask', () => {
  test('gets all records out of their segments, and knows the folder then', async () => {
    const [nas, anna, carl] = [storage('nas'), member(A, open(A)), member(C, open(C))]
    await filled(nas, anna, [...edits(anna.index), () => author(anna.index, gone('l1-3'))])
    carl.connect(nas)
    const reader = carl.reader()
    expect(compared(carl, [reader.word(nas.id)])).toBe(false)
    carl.set.member = nas.id
    expect(await carl.read(reader, nas)).toEqual([{ isRead: true, summaries: [] }])
    carl.set.member = ''
    carl.set.isOffered = true
    expect((await carl.read(reader, nas))[0]!.isRead).toBe(false)
    expect(carl.index.have()).toEqual([])
    carl.set.isOffered = false
    const words = await carl.read(carl.reader(), nas)
    expect(carl.index.have()).toEqual(anna.index.have())
    expect(heads(carl.index, 'l1-3')).toEqual(['tombstone'])
    expect(compared(carl, words)).toBe(true)
    expect(compared(carl, [...words, { isRead: false, summaries: [] }])).toBe(false)
    expect(compared(carl, [])).toBe(false)
  })

  test('believes a device that was put out of the group only where that is all there is to go by', async () => {
    const [nas, anna, carl] = [storage('nas'), member(A, open(A)), member(C, open(C))]
    await filled(nas, anna, edits(anna.index))
    carl.connect(nas)
    await carl.read(carl.reader([C]), nas)
    // Of A nothing counts, and so nothing of it is waited for; but the word of A, that this is the folder, does not count either.
    expect(carl.index.have()).toEqual([])
    carl.set.unsaid = A.id
    const words = await carl.read(carl.reader([C]), nas)
    expect(carl.index.have()).toEqual(anna.index.have())
    expect(compared(carl, words)).toBe(true)
  })

  test('does not wait for records of a device that may not write, of which those that brought the others knew', async () => {
    const [nas, theirs, anna, carl] = [storage('nas'), open(B), member(A, open(A)), member(C, open(C))]
    author(theirs, symlink('theirs', 'target'))
    send(theirs, anna.index)
    await filled(nas, anna, edits(anna.index))
    carl.connect(nas)
    const reader = carl.reader([A, C])
    const asked = countBlocks(nas)
    expect(compared(carl, await carl.read(reader, nas))).toBe(true)
    expect(carl.index.have()).toMatchObject([{ author: A.id, seq: 21 }])
    // What was in vain is not fetched again each time, but for the summary.
    const { blocks } = asked
    carl.set.later = 61_000
    await carl.read(reader, nas)
    expect(asked.blocks).toBe(blocks + 1)
  })

  test('does not begin anew while one may know more that is away, or was not asked', async () => {
    const [nas, carl] = [storage('nas'), member(C, open(C))]
    const newcomer = { peers: [], members: [], have: [], now: 0 }
    expect(isCompared({ ...newcomer, shelves: [null] })).toBe(false)
    carl.connect(nas)
    const reader = carl.reader()
    expect(isCompared({ ...newcomer, shelves: [reader.word(nas.id)] })).toBe(false)
    expect(isCompared({ ...newcomer, shelves: await carl.read(reader, nas) })).toBe(true)
  })

  test('goes on where a segment is withheld or altered only with what is whole, and does not know the folder', async () => {
    const [nas, anna, carl] = [storage('nas'), member(A, open(A)), member(C, open(C))]
    await filled(nas, anna, edits(anna.index))
    carl.connect(nas)
    const reader = carl.reader()
    const [first, second] = await recordsOf(anna, nas)
    const { sealed } = nas.calls
    nas.calls.sealed = async (folder, ids, limit) => {
      const blocks = await sealed(folder, ids, limit)
      return Buffer.from(ids).toString('hex') === second!.chunk ? [null] : blocks
    }
    const words = await carl.read(reader, nas)
    expect(carl.index.have()).toMatchObject([{ seq: first!.last }])
    expect([words[0]!.isRead, compared(carl, words)]).toEqual([false, false])
    expect(carl.misbehaved).toEqual(['names index segments of a folder that it does not give'])

    const other = member(C, open(C))
    nas.calls.sealed = async (folder, ids, limit) => {
      const [block] = await sealed(folder, ids, limit)
      return [block!.map((byte, at) => (at === 70 ? byte ^ 1 : byte))]
    }
    other.connect(nas)
    expect((await other.read(other.reader(), nas))[0]!.isRead).toBe(false)
    expect(other.index.have()).toEqual([])
    expect(other.struck).toEqual([])
  })

  test('takes the records from whoever names more, and notices one that names fewer than before', async () => {
    const [nas, attic, anna, carl] = [storage('nas'), storage('attic'), member(A, open(A)), member(C, open(C))]
    const [one, two, three] = edits(anna.index)
    await filled(nas, anna, [one!, two!])
    await filled(attic, anna, [three!])
    const behind = [carl.connect(nas)]
    const reader = carl.reader()
    await carl.read(reader, nas)
    expect(carl.index.have()).toMatchObject([{ seq: 20 }])
    carl.connect(attic)
    await carl.read(reader, attic)
    expect(carl.index.have()).toMatchObject([{ seq: 21 }])
    expect(carl.misbehaved).toEqual([])
    for (const { first, chunk } of await recordsOf(anna, nas)) if (first > 1) nas.store.table.segments.remove(FOLDER, chunk)
    behind[0]!.leave()
    carl.connect(nas)
    await carl.read(reader, nas)
    expect(carl.misbehaved).toEqual(['names fewer index segments of a folder than it did before'])
  })

  test('believes nothing that no writer has signed, and takes in nothing that its author has not', async () => {
    const [nas, anna, ben, carl] = [storage('nas'), member(A, open(A)), member(B, open(B)), member(C, open(C))]
    await filled(nas, anna, edits(anna.index))
    const [first] = await recordsOf(anna, nas)
    // B says that A has written more, and that it knows it.
    ben.connect(nas)
    const bring = async (head: Segment, content: Uint8Array): Promise<void> => {
      const [block] = await ben.opener.blocksOf([{ id: nameOf(content), bytes: content }])
      await ben.exchange.segments.hold(nas.id, { ...head, chunk: nameOf(content) }, block!, NEVER)
    }
    const [batch] = anna.index.batches(A.id, first!.epoch, 1, 1)
    await bring(
      { ...first!, first: 22, last: 99 },
      batch!.map((byte, at) => (at === batch!.length - 1 ? byte ^ 1 : byte)),
    )
    const more = [{ author: A.id, epoch: first!.epoch, seq: 99 }]
    await bring({ ...first!, author: B.id, epoch: SUMMARY_EPOCH, first: 1, last: 1 }, encodeSummary(more))
    carl.connect(nas)
    // And the storage device itself that there is more still.
    const forged = signSegment({ ...first!, first: 100, last: 200, chunk: nameOf(Buffer.from('none')) }, signingKey(C.seed))
    nas.store.table.segments.put({ ...forged, head: forged.encoded, bytes: Buffer.from('none') })
    const words = await carl.read(carl.reader([A, C]), nas)
    expect(carl.index.have()).toEqual(anna.index.have())
    expect(compared(carl, words)).toBe(true)
    const trusting = member(C, open(C))
    trusting.connect(nas)
    const read = await trusting.read(trusting.reader(), nas)
    expect(trusting.index.have()).toEqual(anna.index.have())
    // What cannot be had from anybody is not waited for; the summary of A is among what is here.
    expect(compared(trusting, read)).toBe(true)
    expect(trusting.misbehaved).toEqual([])
    // Without that of A there is only the word of B, whose word counts or does not.
    const [summary] = (await anna.named(nas)).filter(({ epoch, signer }) => epoch === SUMMARY_EPOCH && signer === A.id)
    nas.store.table.segments.remove(FOLDER, summary!.chunk)
    await bring({ ...first!, author: B.id, epoch: SUMMARY_EPOCH, first: 1, last: 2 }, encodeSummary([]))
    expect(compared(carl, await carl.read(carl.reader([A, C]), nas))).toBe(false)
    expect(compared(carl, await carl.read(carl.reader(), nas))).toBe(true)
  })
})
