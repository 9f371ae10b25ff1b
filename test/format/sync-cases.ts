import { conflictPath, encodeMessage, type IndexMessage } from '#sync'
import {
  encodeHeld,
  encodeHere,
  encodeHoldHead,
  encodeRequest,
  encodeResponseHead,
  encodeSummaries,
  encodeSummarize,
  type HoldOutcome,
} from '#exchange'
import { ChunkSummaries, deviceIdOf, folderIdOf, packChunks, toHex, type ChunkId, type Version, type VersionId } from '#model'

/** `length` bytes that begin with `first` and count up. */
function bytes(first: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (first + at) & 0xff)
}

const folder = folderIdOf(bytes(0x10, 16))
const author = deviceIdOf(bytes(1, 32))
const other = deviceIdOf(bytes(33, 32))
const epoch = Date.UTC(2026, 0, 1) * 1024

/** What the states have in common that differ only in what was added last. */
const NEEDS_NOTHING = { type: 'state' as const, folder, have: [], needEntries: 0, needBytes: 0, materialised: true }

/** One index message of each kind, and a state of a device that has nothing. */
export const messages: Record<string, IndexMessage> = {
  state: {
    type: 'state',
    folder,
    have: [
      { author, epoch, seq: 1_048_576 },
      { author, epoch: epoch + 7, seq: 1 },
      { author: other, epoch, seq: 23 },
    ],
    needEntries: 300,
    needBytes: 2 ** 40,
    materialised: true,
    asks: false,
  },
  'state of a newcomer': { type: 'state', folder, have: [], needEntries: 0, needBytes: 0, materialised: false, asks: true },
  'state of a device that has compared': {
    type: 'state',
    folder,
    have: [{ author, epoch, seq: 5 }],
    needEntries: 0,
    needBytes: 0,
    materialised: true,
    asks: false,
    compared: true,
  },
  'state of a device that has not compared': {
    ...NEEDS_NOTHING,
    asks: true,
    compared: false,
  },
  'state of a device that scans': {
    ...NEEDS_NOTHING,
    asks: false,
    compared: true,
    scanning: true,
  },
  'state of a device that holds deletions': {
    ...NEEDS_NOTHING,
    asks: false,
    compared: true,
    scanning: false,
    hindrance: 'held',
  },
  'state of a device with a history': {
    ...NEEDS_NOTHING,
    have: [{ author, epoch, seq: 1_048_576 }],
    asks: true,
    compared: true,
    scanning: false,
    superseded: 70_000,
  },
  'state of a device that keeps content': {
    ...NEEDS_NOTHING,
    have: [
      { author, epoch, seq: 1_048_576 },
      { author: other, epoch, seq: 23 },
    ],
    asks: false,
    compared: true,
    scanning: false,
    superseded: 0,
    kept: {
      layout: '0f'.repeat(16),
      upTo: [
        { author, epoch, seq: 1_048_576 },
        { author: other, epoch, seq: 7 },
      ],
    },
  },
  want: { type: 'want', folder, author, epoch, seq: 24 },
  batches: { type: 'batches', folder, author, epoch, batches: [bytes(5, 3), bytes(9, 24)] },
}

export const request = { number: 0x01020304, folder, ids: bytes(64, 64) }
/** The middle of an answer: a chunk, one that the sender does not have, and another chunk. */
export const response = { number: 0x01020304, start: 258, chunks: [bytes(1, 3), null, bytes(7, 1)] }

/** Of blocks: two that are to be held, what became of five, and which of nine are there. */
export const hold = {
  number: 0x01020304,
  folder,
  blocks: [
    { id: toHex(bytes(3, 32)) as ChunkId, length: 70_000, bytes: bytes(1, 3) },
    { id: toHex(bytes(9, 32)) as ChunkId, length: 1, bytes: bytes(7, 2) },
  ],
}
export const held = { number: 0x01020304, outcomes: ['stored', 'had', 'full', 'refused', 'damaged'] satisfies HoldOutcome[] }
export const here = { number: 0x01020304, has: [true, false, true, true, false, false, false, false, true] }

/** Of summaries: a question, and the answer of a device that has blocks of three chunks, of which two are in one partition. */
export const summarize = { number: 0x01020304, folder, salt: bytes(0x80, 16), bits: 10, first: 259 }
export const summed = [bytes(0x41, 32), bytes(0x77, 32), new Uint8Array(32).fill(0x41).fill(0x42, 1, 2)]
export const summaries = { number: 0x01020304, next: 1_000, summaries: [...summariesOf(summed)] }

function summariesOf(ids: readonly Uint8Array[]): ReturnType<ChunkSummaries['all']> {
  const all = new ChunkSummaries(summarize)
  for (const id of ids) all.add(id)
  return all.all()
}

const file: Version = {
  path: 'Grüße/report.tar.gz',
  kind: 'file',
  mode: 0o644,
  mtime: 0,
  size: 300,
  vector: [[author, epoch]],
  hlc: (Date.UTC(2026, 4, 1, 9, 8, 7) + 999) * 1024 + 1023,
  chunker: 0,
  chunks: packChunks([{ id: toHex(bytes(3, 32)) as ChunkId, length: 300 }]),
  manifest: false,
  target: '',
  author,
  epoch,
  seq: 1,
  id: '0'.repeat(32) as VersionId,
}

/** Heads that show at a derived name. */
const losers: Version[] = [
  file,
  { ...file, path: '.profile' },
  { ...file, path: 'no extension', author: other },
  { ...file, path: `in/${'ü'.repeat(126)}.md` },
  { ...file, path: `a.${'long ending '.repeat(20)}` },
  { ...file, path: 'link', kind: 'symlink', size: 0, chunks: new Uint8Array(0), target: '../elsewhere' },
]

/** What these become now: to be the same for ever. */
export function madeNow(): {
  messages: Record<string, string>
  request: string
  response: string
  blockFrames: Record<string, string>
  summaryFrames: Record<string, string>
  conflictNames: Record<string, string>
} {
  const present = response.chunks.filter((chunk) => chunk !== null)
  return {
    messages: Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, toHex(encodeMessage(message))])),
    request: toHex(encodeRequest(request)),
    response: toHex(Buffer.concat([encodeResponseHead(response), ...present])),
    blockFrames: {
      hold: toHex(Buffer.concat([encodeHoldHead(hold), ...hold.blocks.map((block) => block.bytes)])),
      held: toHex(encodeHeld(held)),
      has: toHex(encodeRequest(request, 'has')),
      here: toHex(encodeHere(here)),
      blocks: toHex(encodeRequest(request, 'blocks')),
      sealed: toHex(Buffer.concat([encodeResponseHead(response, 'blocks'), ...present])),
    },
    summaryFrames: {
      summarize: toHex(encodeSummarize(summarize)),
      summaries: toHex(encodeSummaries(summaries)),
    },
    conflictNames: Object.fromEntries(losers.map((version) => [version.path, conflictPath(version)])),
  }
}
