import { describe, expect, it } from 'vitest'
import { blockDigest } from '#content'
import { NO_BATCH, signingKey, signSegment, type DeviceId, type Segment } from '#model'
import { A, B, C, FOLDER, open } from '../db/fixtures.ts'
import { MemoryLink } from '../peers/memory-link.ts'
import { peerOver } from './linked.ts'
import { member, nameOf, NEVER, storage, type Member, type Storage } from './segment-devices.ts'

const none = nameOf(NO_BATCH)

/** Brings a segment of A's first records, whatever is in it. */
async function bring(of: Member, to: Storage, last = 1): Promise<string> {
  const content = Buffer.from(`up to ${last}`)
  const [block] = await of.opener.blocksOf([{ id: nameOf(content), bytes: content }])
  const head = { folder: FOLDER, author: A.id, epoch: 7, first: 1, last, before: none, end: none, chunk: nameOf(content) }
  return (await of.exchange.segments.hold(to.id, head, block!, NEVER)).outcome
}

describe('index segments between devices', () => {
  it('are taken from those who may write, signed by one who may, and named to those who may read', async () => {
    const [nas, anna] = [storage('nas'), member(A, open(A))]
    anna.connect(nas)
    expect(await bring(anna, nas)).toBe('stored')
    nas.set.writers = [B.id]
    expect(await bring(anna, nas, 2)).toBe('refused')
    nas.set.writers = [A.id]
    nas.set.pledge = 0
    expect(await bring(anna, nas, 2)).toBe('refused')
    expect((await anna.named(nas)).map(({ last }) => last)).toEqual([1])
    nas.set.mayRead = false
    expect(await anna.named(nas)).toEqual([])
  })

  it('are taken with no other block than that which was signed, and from nobody who signs for another', async () => {
    const [nas, anna] = [storage('nas'), member(A, open(A))]
    anna.connect(nas)
    const content = Buffer.from('content')
    const [block] = await anna.opener.blocksOf([{ id: nameOf(content), bytes: content }])
    const { digest, length } = { digest: blockDigest(block!), length: block!.length }
    const head = { folder: FOLDER, author: A.id, epoch: 7, first: 1, last: 1, before: none, end: none, chunk: nameOf(content) }
    const sent = (segment: Segment, bytes: Uint8Array): Promise<string> => nas.shelf.segments.hold(A.id, segment.encoded, bytes)
    const own = signSegment({ ...head, signer: A.id, digest, length }, signingKey(A.seed))
    const other = block!.map((byte, at) => (at === 60 ? byte ^ 1 : byte))
    expect(await sent(own, other)).toBe('damaged')
    expect(await sent(own, block!.subarray(1))).toBe('damaged')
    expect(await sent(signSegment({ ...head, signer: C.id, digest, length }, signingKey(A.seed)), block!)).toBe('refused')
    nas.set.writers = [A.id]
    expect(await sent(signSegment({ ...head, signer: C.id, digest, length }, signingKey(C.seed)), block!)).toBe('refused')
    expect(await nas.shelf.segments.hold(B.id, own.encoded, block!)).toBe('refused')
    expect(await anna.named(nas)).toEqual([])
    expect(await sent(own, block!)).toBe('stored')
  })

  it('are asked for of a device that has come back, also where the link that it had before ends late', async () => {
    const [nas, anna] = [storage('nas'), member(A, open(A))]
    const former = anna.connect(nas)
    anna.connect(nas)
    expect(await bring(anna, nas)).toBe('stored')
    const asked = anna.named(nas)
    await new Promise((resolve) => setImmediate(resolve))
    former.leave()
    expect((await asked).map(({ last }) => last)).toEqual([1])
  })

  it('are not asked of a device again that breaks its link at what it does not know', async () => {
    const anna = member(A, open(A))
    const [name, gone] = ['old' as DeviceId, new AbortController()]
    let opened = 0
    const bulk = async (): Promise<MemoryLink> => {
      const [toOld, toA] = MemoryLink.pair(A.id, name)
      opened++
      anna.exchange.attach(toOld)
      toA.onMessage(() => toA.close('a frame of an unknown type on the bulk channel'))
      return toOld
    }
    anna.exchange.addPeer({ ...peerOver(new MemoryLink(name)), bulk, closed: gone.signal })
    const ask = (): Promise<Segment[]> => anna.exchange.segments.named(name, FOLDER, 'last', NEVER)
    await expect(ask()).rejects.toMatchObject({ code: 'unsupported' })
    expect(anna.exchange.segments.isAsked(name)).toBe(false)
    await expect(ask()).rejects.toMatchObject({ code: 'unsupported' })
    expect([opened, anna.struck]).toEqual([1, []])
  })
})
