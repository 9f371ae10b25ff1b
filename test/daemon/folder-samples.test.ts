import { expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock, systemRandom } from '#base'
import { chunkNamer } from '#content'
import { inProcess, type FolderIndex } from '#db'
import { Exchange, type LocalFolder } from '#exchange'
import { packChunks, toHex } from '#model'
import { FolderReceipts } from '../../src/daemon/folder-receipts.ts'
import { FolderSamples } from '../../src/daemon/folder-samples.ts'
import { A, B, FOLDER, open, stat } from '../db/fixtures.ts'
import { linked, peerOver } from '../exchange/linked.ts'

const idKey = new Uint8Array(32).fill(5)
const nameOf = chunkNamer(idKey)
const LAYOUT = 'layout'

/** Here two files, that Ben says to have as well; what he gives is what `give` makes of it. */
async function subject() {
  const index = open(A)
  const chunks = new Map<string, Uint8Array>()
  const content = ['one', 'two'].map((text) => {
    const bytes = new Uint8Array(Buffer.from(text))
    const id = nameOf(bytes)
    chunks.set(id, bytes)
    return { chunker: 1, size: bytes.length, chunks: packChunks([{ id, length: bytes.length }]) }
  })
  index.author(
    content.map((each, at) => ({ path: `f${at}`, kind: 'file', stat: stat({ size: each.size }), content: each })),
    { now: 1 },
  )
  const set = { give: (bytes: Uint8Array | null): Uint8Array | null => bytes, hindrance: undefined as string | undefined }
  const idsIn = (ids: Uint8Array): string[] =>
    Array.from({ length: ids.length / 32 }, (_, at) => toHex(ids.slice(at * 32, at * 32 + 32)))
  const served: LocalFolder = {
    index: {
      locate: async (ids) => idsIn(ids).map(() => []),
      manifestPieces: async (ids) => idsIn(ids).map((id) => set.give(chunks.get(id) ?? null)),
    },
    disk: null,
    store: null,
  }
  const [anna, ben] = [null, served].map(
    (folder) =>
      new Exchange({
        clock: systemClock,
        logger: silentLogger,
        folderFor: () => folder,
        mayServe: () => true,
        struckOut: () => undefined,
      }),
  ) as [Exchange, Exchange]
  const { toA, toB } = linked(A.id, B.id)
  anna.attach(toB)
  ben.attach(toA)
  anna.addPeer(peerOver(toB))
  const notes = { setting: async () => null, putSetting: async () => undefined }
  const receipts = new FolderReceipts({ folder: FOLDER, notes, clock: systemClock, logger: silentLogger })
  await receipts.follow(LAYOUT)
  const samples = new FolderSamples({
    folder: FOLDER,
    index: inProcess<FolderIndex>(index),
    exchange: anna,
    idKey,
    holders: () => ({ receipts, layout: { name: LAYOUT, holders: [[B.id]], devices: [B.id] } }),
    sync: () =>
      ({ exchange: { peers: [{ device: B.id, state: { hindrance: set.hindrance, have: [], kept: { upTo: [] } } }] } }) as never,
    isBusy: () => false,
    isAwaited: () => false,
    changed: () => undefined,
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  })
  onTestFinished(() => samples.stop())
  return { index, set, receipts, samples }
}

test.each([
  ['counts when it gives what it is asked for', (bytes: Uint8Array | null) => bytes, true, false],
  ['does not when it gives other bytes', (bytes: Uint8Array | null) => bytes?.map((byte) => byte ^ 1) ?? null, false, true],
  ['does not when it gives more than that', (bytes: Uint8Array | null) => bytes && Buffer.concat([bytes, bytes]), false, false],
  ['does not yet when it gives nothing: it may just have replaced the file', () => null, false, false],
])('what a member says that it has %s', async (_, give, isCounted, isLying) => {
  const { index, set, receipts, samples } = await subject()
  set.give = give
  receipts.hear(B.id, LAYOUT, index.have())
  await samples.lookAll()
  expect([receipts.of(B.id)?.size === 1, receipts.lying.has(B.id)]).toEqual([isCounted, isLying])
})

test('who gives too much three times is not asked any more, and does not have what it says', async () => {
  const { index, set, receipts, samples } = await subject()
  set.give = (bytes) => bytes && Buffer.concat([bytes, bytes])
  receipts.hear(B.id, LAYOUT, index.have())
  await samples.lookAll()
  await samples.lookAll()
  expect([receipts.of(B.id)?.size, [...receipts.lying]]).toEqual([0, [B.id]])
})

test('a member whose disk is not there is not asked, and what it says does not count until it is', async () => {
  const { index, set, receipts, samples } = await subject()
  set.hindrance = 'blocked'
  receipts.hear(B.id, LAYOUT, index.have())
  await samples.lookAll()
  expect(receipts.of(B.id)).toBeUndefined()
  set.hindrance = 'held'
  samples.review()
  await expect.poll(() => receipts.of(B.id)?.size).toBe(1)
})
