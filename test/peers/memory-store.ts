import type { DeviceId, FolderId } from '#model'
import type { NetworkStore } from '#peers'

/** What a device remembers, in memory; it survives `new PeerNetwork` over the same object, as a file survives a restart. */
export class MemoryStore implements NetworkStore {
  log: Uint8Array[] = []
  /** The folders that the device takes part in. */
  readonly parts: { id: FolderId }[] = []
  readonly settings = new Map<string, string>()
  readonly known = new Map<DeviceId, { addresses: string[]; lastSeen: number }>()

  groupLog(): Promise<Uint8Array[]> {
    return Promise.resolve(this.log)
  }

  appendGroupLog(operations: readonly Uint8Array[], options: { replace?: boolean } = {}): Promise<void> {
    this.log = options.replace === true ? [...operations] : [...this.log, ...operations]
    return Promise.resolve()
  }

  folders(): Promise<{ id: FolderId }[]> {
    return Promise.resolve(this.parts)
  }

  addresses(): Promise<{ device: DeviceId; addresses: string[]; lastSeen: number }[]> {
    return Promise.resolve([...this.known].map(([device, entry]) => ({ device, ...entry })))
  }

  putAddresses(device: DeviceId, addresses: readonly string[], lastSeen: number): Promise<void> {
    this.known.set(device, { addresses: [...addresses], lastSeen })
    return Promise.resolve()
  }

  setting(key: string): Promise<string | null> {
    return Promise.resolve(this.settings.get(key) ?? null)
  }

  putSetting(key: string, value: string | null): Promise<void> {
    if (value === null) this.settings.delete(key)
    else this.settings.set(key, value)
    return Promise.resolve()
  }
}
