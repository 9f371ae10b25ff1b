import { HoldfastError } from '#base'
import { CborReader, CborWriter } from './cbor.ts'
import { MAX_CHAINS } from './chain.ts'
import { deviceIdOf, devicePublicKey } from './ids.ts'
import { natural } from './record.ts'
import type { RecordPlace } from './version.ts'

/** What a device has, for those who read it out of a segment: DAG-CBOR of [[author, [[epoch, seq]…]]…]. */
export function encodeSummary(have: readonly RecordPlace[]): Uint8Array {
  const byAuthor = Map.groupBy(have.slice(-MAX_CHAINS), ({ author }) => author)
  const writer = new CborWriter()
  writer.array(byAuthor.size)
  for (const [author, places] of byAuthor) {
    writer.array(2)
    writer.bytes(devicePublicKey(author))
    writer.array(places.length)
    for (const { epoch, seq } of places) {
      writer.array(2)
      writer.integer(epoch)
      writer.integer(seq)
    }
  }
  return writer.take()
}

/** Throws `corrupt`. */
export function decodeSummary(bytes: Uint8Array): RecordPlace[] {
  const reader = new CborReader(bytes)
  const have: RecordPlace[] = []
  for (let authors = reader.array(); authors > 0; authors--) {
    pair(reader)
    const author = deviceIdOf(reader.bytes())
    for (let places = reader.array(); places > 0; places--) {
      pair(reader)
      if (have.length === MAX_CHAINS) throw new HoldfastError('corrupt', 'a summary names too many chains')
      have.push({ author, epoch: natural(reader.integer()), seq: natural(reader.integer()) })
    }
  }
  reader.end()
  return have
}

function pair(reader: CborReader): void {
  if (reader.array() !== 2) throw new HoldfastError('corrupt', 'a summary has a wrong form')
}
