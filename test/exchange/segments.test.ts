import { describe, expect, it } from 'vitest'
import { HoldfastError, silentLogger } from '#base'
import { blockDigest } from '#content'
import { NO_BATCH, signingKey, signSegment, type DeviceId, type Segment } from '#model'
import type { Asker } from '../../src/exchange/asker.ts'
import type { Capabilities } from '../../src/exchange/capabilities.ts'
import { SegmentAsker } from '../../src/exchange/segment-asker.ts'
import { A, B, C, device, FOLDER, open } from '../db/fixtures.ts'
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

/** Connected, by a link of its own for each question; those that are counted so break at it. */
function breaking(from: Member, to: Storage, isBreaking: (opened: number) => boolean): { opened: number; isOpen: boolean } {
  const links = { opened: 0, isOpen: true }
  const bulk = async (): Promise<MemoryLink> => {
    if (!links.isOpen) throw new HoldfastError('offline', 'no way leads there')
    const [there, back] = MemoryLink.pair(from.of.id, to.id)
    from.exchange.attach(there)
    if (isBreaking(++links.opened)) back.onMessage(() => back.close('a frame of an unknown type on the bulk channel'))
    else to.exchange.attach(back)
    return there
  }
  from.exchange.addPeer({ ...peerOver(new MemoryLink(to.id)), bulk })
  return links
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

  it('are not asked of a device again that breaks its link twice at what it does not know', async () => {
    const [nas, anna] = [storage(device(9).id), member(A, open(A))]
    const links = breaking(anna, nas, () => true)
    const ask = (): Promise<Segment[]> => anna.named(nas)
    // Also where two ask at once.
    for (const end of await Promise.allSettled([ask(), ask()])) expect(end).toMatchObject({ reason: { code: 'unsupported' } })
    expect(anna.exchange.segments.isAsked(nas.id)).toBe(false)
    await expect(ask()).rejects.toMatchObject({ code: 'unsupported' })
    // Nor is it to blame for that, whatever else it does not know.
    await anna.exchange.drops.tell(nas.id, FOLDER, [], NEVER)
    expect([links.opened, anna.struck]).toEqual([4, []])
  })

  it('are asked for of a device on and on whose link breaks by chance, or cannot be opened', async () => {
    const [nas, anna] = [storage('nas'), member(A, open(A))]
    const links = breaking(anna, nas, (opened) => opened === 1 || opened === 3)
    links.isOpen = false
    for (const _ of [1, 2]) await expect(anna.named(nas)).rejects.toMatchObject({ code: 'offline' })
    links.isOpen = true
    expect(await anna.named(nas)).toEqual([])
    expect(links.opened).toBe(2)
    // It has answered: whatever breaks now, it knows the question.
    await expect(anna.named(nas)).rejects.toMatchObject({ code: 'offline' })
    expect(await anna.named(nas)).toEqual([])
    expect([anna.exchange.segments.isAsked(nas.id), links.opened, anna.struck]).toEqual([true, 4, []])
  })

  it('are not named without end', async () => {
    const place = { folder: FOLDER, author: A.id, epoch: 7, first: 1, last: 1, before: none, end: none, chunk: none }
    const key = signingKey(A.seed)
    const { encoded } = signSegment({ ...place, signer: A.id, digest: new Uint8Array(32), length: 100 }, key)
    const at = Buffer.from(encoded).lastIndexOf(Buffer.from(none, 'hex'))
    let asked = 0
    const asker = {
      async ask(_: DeviceId, __: AbortSignal, ___: unknown, read: (answer: unknown) => unknown) {
        const head = Buffer.from(encoded)
        head.fill(0, at, at + 32).writeUInt32BE(++asked, at)
        const heads = [...new Array<Uint8Array>(255).fill(new Uint8Array(1)), head]
        return read({ named: { number: 0, isLast: false, heads } })
      },
    } as unknown as Asker
    const capabilities = { ask: (...[, , , ask]: Parameters<Capabilities['ask']>) => ask(false) } as unknown as Capabilities
    const segments = new SegmentAsker({ asker, capabilities, logger: silentLogger, signer: null })
    await expect(segments.named(B.id, FOLDER, 'all', NEVER)).rejects.toThrow('what it was not asked')
    expect(asked).toBe(257)
  })
})
