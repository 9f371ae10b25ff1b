import type { DeviceId, FolderId } from '#model'
import type { NetworkStore } from '#peers'
import { MAX_KEPT } from '../../src/peers/addresses.ts'

/** What a device remembers, in memory; it survives `new PeerNetwork` over the same object, as a file survives a restart. */
export class MemoryStore implements NetworkStore {
  log: Uint8Array[] = []
  /** The folders that the device takes part in. */
  readonly parts: { id: FolderId }[] = []
  readonly settings = new Map<string, string>()
  readonly #known = new Map<DeviceId, { addresses: string[]; lastSeen: number }>()

  async groupLog(): Promise<Uint8Array[]> {
    return copies(this.log)
  }

  async appendGroupLog(operations: readonly Uint8Array[], options: { replace?: boolean } = {}): Promise<void> {
    const taken = copies(operations)
    this.log = options.replace === true ? taken : [...this.log, ...taken]
  }

  async folders(): Promise<{ id: FolderId }[]> {
    return [...this.parts]
  }

  async addresses(): Promise<{ device: DeviceId; addresses: string[]; lastSeen: number }[]> {
    return [...this.#known].map(([device, { addresses, lastSeen }]) => ({ device, addresses: [...addresses], lastSeen }))
  }

  async putAddresses(device: DeviceId, addresses: readonly string[], lastSeen: number): Promise<void> {
    this.#known.set(device, { addresses: addresses.slice(0, MAX_KEPT), lastSeen })
  }

  async setting(key: string): Promise<string | null> {
    return this.settings.get(key) ?? null
  }

  async putSetting(key: string, value: string | null): Promise<void> {
    if (value === null) this.settings.delete(key)
    else this.settings.set(key, value)
  }
}

function copies(operations: readonly Uint8Array[]): Uint8Array[] {
  return operations.map((operation) => operation.slice())
}
