import { NO_BATCH, toHex, type DeviceId, type FolderId } from '#model'
import type { Chains } from './tables/chains.ts'
import type { State } from './tables/state.ts'

/** Where this device's own chain ends: the epoch of its next record, the last one written in it, and the last batch's hash. */
export interface Ending {
  epoch: number
  seq: number
  /** Hexadecimal. */
  hash: string
}

/** How to open a folder index; `role` is not its business. */
export interface IndexSettings {
  folder: FolderId
  device: DeviceId
  /** The device's 32-byte Ed25519 seed, with which its batches are signed. */
  seed: Uint8Array
  /** The database's file, or ':memory:'. */
  file: string
  foldsCase: boolean
  /** Opening begins an epoch at this time (ms), unless `ending` lets the last one go on. */
  now: number
  /** Where the chain ended when this very file was last closed: where it ends there still, its epoch goes on. */
  ending?: Ending | undefined
}

export function endingOf({ device, epoch }: State, chains: Chains): Ending {
  const chain = chains.find(device, epoch)
  return { epoch, seq: chain?.seq ?? 0, hash: toHex(chain?.hash ?? NO_BATCH) }
}
