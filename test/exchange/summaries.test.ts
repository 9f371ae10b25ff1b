import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decodeFrame, encodeHere, encodeSummaries } from '#exchange'
import { ChunkSummaries, toHex, type ChunkId, type DeviceId } from '#model'
import { connect, connectTo, device, folder, NEVER, type Device } from './block-devices.ts'

const basis = { salt: new Uint8Array(randomBytes(16)), bits: 10 }
const holder = 'holder' as DeviceId

/** Puts so many blocks of chunks there; the ids, in their order. */
function fill({ store }: Device, count: number): Uint8Array[] {
  const ids = Array.from({ length: count }, () => new Uint8Array(randomBytes(32))).toSorted(Buffer.compare)
  const byte = Uint8Array.of(1)
  store.table.add(
    ids.map((id) => ({ digest: id, length: 1, bytes: byte, seal: { folder, chunk: toHex(id) as ChunkId, length: 1 } })),
  )
  return ids
}

function of(ids: readonly Uint8Array[], bits = basis.bits) {
  const summaries = new ChunkSummaries({ ...basis, bits })
  for (const id of ids) summaries.add(id)
  return [...summaries.all()]
}

describe('summaries', () => {
  test('of all chunks come in as many answers as they take, and in one where they are of one partition', async () => {
    const [a, b] = [device('a'), device('holder')]
    const link = connect(a, b)
    const ids = fill(b, 18_000)
    let sent = 0
    const { send } = link
    link.send = (...pieces) => (sent++, send.apply(link, pieces))
    expect(await a.exchange.summaries.ask(holder, folder, basis, NEVER)).toEqual(of(ids))
    expect(sent).toBe(2)
    expect(await a.exchange.summaries.ask(holder, folder, { ...basis, bits: 0 }, NEVER)).toEqual(of(ids, 0))
    expect(sent).toBe(3)
  })

  test('leave out what is damaged or noted as not needed, and tell nothing to who may not read', async () => {
    const [a, b] = [device('a'), device('holder')]
    connect(a, b)
    const ask = () => a.exchange.summaries.ask(holder, folder, basis, NEVER)
    expect(await ask()).toEqual([])
    const [damaged, unneeded, ...others] = fill(b, 20)
    b.store.table.markDamaged(damaged!)
    const note = { unneeded: unneeded!, needed: new Uint8Array(0) }
    b.store.table.unneeded.note(folder, note, 1)
    expect(await ask()).toEqual(of(others))
    // The note is as it was.
    expect(b.store.table.unneeded.pending(folder, new Uint8Array(0), 9).since).toEqual([1])
    b.set.mayRead = false
    expect(await ask()).toEqual([])
  })

  test('are asked of a device of an older version no more than twice, which is not held against it', async () => {
    const a = device('a')
    const count = connectTo(a, holder, (message, link) => {
      if (message[0] === 21) return link.close('rubbish on the bulk channel')
      const frame = decodeFrame(message)
      if ('has' in frame) void link.send(encodeHere({ number: frame.has.number, has: [true] }))
    })
    const ask = () => a.exchange.summaries.ask(holder, folder, basis, NEVER)
    expect([await ask(), await ask(), count.opened]).toEqual([null, null, 2])
    expect(await a.exchange.has(holder, folder, new Uint8Array(32), NEVER)).toEqual([true])
    expect(a.struck).toEqual([])
  })

  test.each([
    ['do not go on', 5, 5, []],
    ['go back', 7, 5, []],
    ['go further than there are partitions', 5, 1_025, []],
    ['are of partitions before those asked for', 7, 1_024, [4]],
  ])('that %s end the question', async (_, first, next, partitions) => {
    const a = device('a')
    let asked = 0
    const some = partitions.map((partition) => ({ partition, count: 1, sum: new Uint8Array(16) }))
    connectTo(a, holder, (message, link) => {
      const frame = decodeFrame(message)
      if (!('summarize' in frame)) return
      const { number, first: from } = frame.summarize
      if (++asked > 20) return
      const answer = from === 0 ? { next: first, summaries: [] } : { next, summaries: some }
      void link.send(encodeSummaries({ number, ...answer }))
    })
    const answer = await a.exchange.summaries.ask(holder, folder, basis, NEVER).catch((error: { code: string }) => error.code)
    expect([null, 'offline', 'denied']).toContain(answer)
    expect(asked).toBeLessThan(6)
  })
})
