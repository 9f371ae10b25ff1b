import type { DeviceId, FolderId } from '#model'
import type { FolderSealing } from '#store'
import type { Contents } from './contents.ts'
import type { Dice } from './dice.ts'
import type { Ledger } from './ledger.ts'
import type { Planted } from './planted.ts'
import type { SimDevice } from './sim-device.ts'
import type { SimGroup, syncGroup } from './sim-group.ts'
import type { SimNetwork } from './sim-network.ts'
import type { World } from './world.ts'

/** What all devices of a cluster share. */
export interface Shared {
  world: World
  dice: Dice
  network: SimNetwork
  contents: Contents
  folder: FolderId
  secret: Uint8Array
  sealing: FolderSealing
  group: SimGroup
  ledger: Ledger
  planted: Planted
  /** Those that have the folder. */
  members(): readonly SimDevice[]
  syncGroup(device: DeviceId): ReturnType<typeof syncGroup>
  failed(message: string): void
  /** The key of any honest device. */
  seedOf(device: DeviceId): Uint8Array | undefined
  /** Sees every answer of an index; for finding out what went on in a run. */
  probe?: (device: SimDevice, method: string, args: unknown[], result: unknown) => void
}
