import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { idBytes, type FolderId, type GroupId } from '#model'

/** What devices say in the DHT that they have: membership of the group, a folder, a partition of all folders. */
export type Providable = 'group' | { folder: FolderId } | { partition: number }

const RAW = 0x55
const SHA2_256 = 0x12

/** What provider records in the DHT are found by; see docs/format/peers.md. */
export function providerKey(group: GroupId, what: Providable): CID {
  if (what === 'group') return keyOf('group', idBytes(group))
  if ('folder' in what) return keyOf('folder', idBytes(group), idBytes(what.folder))
  const number = Buffer.alloc(4)
  number.writeUInt32BE(what.partition)
  return keyOf('partition', idBytes(group), number)
}

function keyOf(kind: string, ...ids: readonly Uint8Array[]): CID {
  const hash = createHash('sha256').update(`holdfast/v1/provider/${kind}\0`)
  for (const id of ids) hash.update(id)
  return CID.createV1(RAW, create(SHA2_256, new Uint8Array(hash.digest())))
}
