import { basename } from 'node:path'
import type { ShardingStrategy } from 'blockstore-fs/sharding'
import { CID } from 'multiformats/cid'

/**
 * `xy/<cid>.block`: x and y are the two characters before the last one of the CID, which has three bits only. So there are 1,024
 * directories with as many files each for a terabyte of large blocks.
 */
export const shards: ShardingStrategy = {
  extension: '.block',
  encode(cid) {
    const name = cid.toV1().toString()
    return { dir: name.slice(-3, -1), file: `${name}.block` }
  },
  decode: (path) => CID.parse(basename(path, '.block')),
}
