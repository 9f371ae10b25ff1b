import type { DeviceId, FolderId } from '#model'

/** How to open a folder index; `role` is not its business. Every opening begins an epoch at `now` (ms). */
export interface IndexSettings {
  folder: FolderId
  device: DeviceId
  /** The device's 32-byte Ed25519 seed, with which its batches are signed. */
  seed: Uint8Array
  /** The database's file, or ':memory:'. */
  file: string
  foldsCase: boolean
  now: number
}
