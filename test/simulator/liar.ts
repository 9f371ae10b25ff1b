import { chunkIdBytes, deriveFolderKeys } from '#content'
import {
  batchHash,
  batchHeader,
  decodeBatch,
  deviceIdOf,
  encodeBatch,
  encodeRecord,
  packChunks,
  publicKeyOf,
  signBatch,
  signingKey,
  toHex,
  type Batch,
  type ChunkId,
  type DeviceId,
  type VersionBody,
} from '#model'
import type { Link, Peer } from '#peers'
import { decodeMessage, encodeMessage } from '#sync'
import { decodeFrame, encodeResponseHead } from '../../src/exchange/frames.ts'
import type { Cluster } from './cluster.ts'
import type { Dice } from './dice.ts'
import type { Seat } from './sim-network.ts'

/** What no user ever wrote, and no honest device may show. */
const FORGED = Buffer.from('forged by the lying peer')
const PATHS = [
  'forged.txt',
  'a/forged.txt',
  '../outside.txt',
  '.holdfast/marker.json',
  '/etc/forged',
  'a/../../outside.txt',
  'one.txt',
]

/** A device that may read the folder but not write it, and breaks every rule that it can. */
export class Liar {
  present = false
  readonly #cluster: Cluster
  readonly #dice: Dice
  readonly #seed: Uint8Array
  readonly #seat: Seat
  /** The last batch of each author that it was told, by author. */
  readonly #last = new Map<DeviceId, Batch>()

  constructor(cluster: Cluster, dice: Dice) {
    this.#cluster = cluster
    this.#dice = dice
    this.#seed = dice.random.bytes(32)
    const device = deviceIdOf(publicKeyOf(signingKey(this.#seed)))
    this.#seat = { device, onPeer: (peer) => this.#meet(peer) }
  }

  join(): void {
    this.present = true
    this.#cluster.readers.add(this.#seat.device)
    this.#cluster.network.join(this.#seat)
  }

  leave(): void {
    this.present = false
    this.#cluster.network.leave(this.#seat, false)
    // Its users have had enough of it.
    this.#cluster.readers.delete(this.#seat.device)
  }

  #meet(peer: Peer): void {
    peer.index.onMessage((bytes) => this.#onMessage(peer, bytes))
    peer.onBulk((link) => link.onMessage((bytes) => this.#onFrame(link, bytes)))
    this.#say(peer, this.#state())
    this.#annoy(peer)
  }

  /** Says that it has more than there is. */
  #state(): Uint8Array {
    const { shared } = this.#cluster
    const have = [...this.#last.values()].map(({ author, epoch, first, records }) => ({
      author,
      epoch,
      seq: first + records.length - 1 + this.#dice.between(0, 3),
    }))
    have.push({ author: this.#seat.device, epoch: 1, seq: 1 })
    return encodeMessage({
      type: 'state',
      folder: shared.folder,
      have,
      needEntries: 0,
      needBytes: 0,
      materialised: true,
      asks: true,
    })
  }

  #annoy(peer: Peer): void {
    this.#cluster.world.after(this.#dice.between(500, 8_000), () => {
      if (peer.closed.aborted || !this.present) return
      if (this.#dice.chance(0.15)) this.#say(peer, this.#dice.random.bytes(this.#dice.between(1, 80)))
      else this.#say(peer, this.#state())
      this.#annoy(peer)
    })
  }

  #onMessage(peer: Peer, bytes: Uint8Array): void {
    const message = decodeMessage(bytes)
    if (message.type === 'batches') {
      for (const batch of message.batches.map(decodeBatch)) this.#last.set(batch.author, batch)
    } else if (message.type === 'state') {
      for (const { author, epoch, seq } of message.have) {
        if (seq > 0) this.#say(peer, encodeMessage({ type: 'want', folder: message.folder, author, epoch, seq }))
      }
    } else {
      const { folder, author, epoch } = message
      const batches = this.#forge(author, epoch, message.seq)
      if (batches !== null) this.#say(peer, encodeMessage({ type: 'batches', folder, author, epoch, batches }))
    }
  }

  /** An answer to a want: null for silence. */
  #forge(author: DeviceId, epoch: number, first: number): Uint8Array[] | null {
    const { folder } = this.#cluster.shared
    const last = this.#last.get(author)
    const prev = last === undefined ? new Uint8Array(32) : batchHash(batchHeader(last))
    const batch = { folder, author, epoch, first, prev, records: [{ body: encodeRecord(this.#record(author)) }] }
    switch (
      this.#dice.pick(['signed by another', 'signed by another', 'own', 'altered', 'rubbish', 'silence', 'nothing'] as const)
    ) {
      case 'signed by another':
        return [encodeBatch(signBatch(batch, signingKey(this.#seed)))]
      case 'own':
        return [
          encodeBatch(
            signBatch(
              { ...batch, author: this.#seat.device, epoch: 1, first: 1, prev: new Uint8Array(32) },
              signingKey(this.#seed),
            ),
          ),
        ]
      case 'altered':
        return last === undefined ? [] : [encodeBatch({ ...last, records: batch.records })]
      case 'rubbish':
        return [this.#dice.random.bytes(200)]
      case 'silence':
        return null
      case 'nothing':
        return []
    }
  }

  #record(author: DeviceId): VersionBody {
    const { secret } = this.#cluster.shared
    const id = toHex(chunkIdBytes(deriveFolderKeys(secret).idKey, FORGED)) as ChunkId
    const hlc = 2 ** 52
    return {
      path: this.#dice.pick(PATHS),
      kind: 'file',
      mode: 0o644,
      mtime: 1,
      size: FORGED.length,
      vector: [[author, hlc]],
      hlc,
      chunker: 0,
      chunks: packChunks([{ id, length: FORGED.length }]),
      manifest: false,
      target: '',
    }
  }

  /** Answers a request for chunks: with what was forged, with wrong bytes, with none, or not at all. */
  #onFrame(link: Link, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes)
    if (!('request' in frame) || this.#dice.chance(0.2)) return
    const { number, ids } = frame.request
    const forged = toHex(chunkIdBytes(deriveFolderKeys(this.#cluster.shared.secret).idKey, FORGED))
    const chunks = Array.from({ length: ids.length / 32 }, (_, at) => {
      if (toHex(ids.subarray(at * 32, at * 32 + 32)) === forged) return new Uint8Array(FORGED)
      return this.#dice.chance(0.5) ? null : this.#dice.random.bytes(this.#dice.between(1, 300))
    })
    void link
      .send(encodeResponseHead({ number, start: 0, chunks }), ...chunks.filter((chunk) => chunk !== null))
      .catch(() => undefined)
  }

  #say(peer: Peer, message: Uint8Array): void {
    void peer.index.send(message).catch(() => undefined)
  }
}
