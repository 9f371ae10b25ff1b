import { beforeEach, describe, expect, it } from 'vitest'
import { deviceIdOf, folderIdOf, type FolderId } from '#model'
import type { NetworkStore } from '#peers'

/** A store to try, empty. */
export interface NetworkStoreSubject {
  store: NetworkStore
  /** Makes the device take part in a folder; by other means than the network's. */
  takePart(folder: FolderId): Promise<void>
  /** The same store after a restart. */
  again(): Promise<NetworkStore>
}

const [A, B] = [1, 2].map((number) => deviceIdOf(new Uint8Array(32).fill(number))) as [never, never]
const FOLDER = folderIdOf(new Uint8Array(16).fill(5))
const NOW = Date.UTC(2026, 0, 1)

/** What a NetworkStore promises (see there), for every one that there is. */
export function networkStoreSuite(name: string, open: () => Promise<NetworkStoreSubject> | NetworkStoreSubject): void {
  describe(`what the network remembers ${name}`, () => {
    let subject: NetworkStoreSubject
    let store: NetworkStore

    beforeEach(async () => {
      subject = await open()
      store = subject.store
    })

    async function log(from: NetworkStore = store): Promise<number[][]> {
      return (await from.groupLog()).map((operation) => [...operation])
    }

    it('has the group log in the order in which it came, also after a restart', async () => {
      expect(await log()).toEqual([])
      await store.appendGroupLog([3, 1, 2].map((number) => Uint8Array.of(number)))
      await store.appendGroupLog([])
      await store.appendGroupLog([Uint8Array.of(1), Uint8Array.of(9, 9)])
      expect(await log()).toEqual([[3], [1], [2], [1], [9, 9]])
      expect(await log(await subject.again())).toEqual([[3], [1], [2], [1], [9, 9]])
    })

    it('takes another group log for the one that it had', async () => {
      await store.appendGroupLog([Uint8Array.of(1), Uint8Array.of(2)])
      await store.appendGroupLog([Uint8Array.of(5)], { replace: true })
      expect(await log()).toEqual([[5]])
      await store.appendGroupLog([Uint8Array.of(6)], { replace: false })
      expect(await log(await subject.again())).toEqual([[5], [6]])
    })

    it('has the log that it had when the new one cannot be taken', async () => {
      await store.appendGroupLog([Uint8Array.of(1)])
      const bad = [Uint8Array.of(2), null as never]
      for (const replace of [true, false]) {
        await expect(store.appendGroupLog(bad, { replace })).rejects.toThrow()
        expect(await log()).toEqual([[1]])
      }
    })

    it('keeps what it was given, and gives what it keeps, whatever becomes of either', async () => {
      const [operation, addresses] = [Uint8Array.of(1), ['/ip4/10.0.0.1']]
      const operations = [operation]
      await store.appendGroupLog(operations)
      await store.putAddresses(A, addresses, NOW)
      operation.fill(0)
      operations.push(Uint8Array.of(2))
      addresses[0] = 'other'
      const given = { log: await store.groupLog(), addresses: await store.addresses() }
      given.log[0]!.fill(0)
      given.log.pop()
      given.addresses[0]!.addresses.push('more')
      expect(await log()).toEqual([[1]])
      expect(await store.addresses()).toEqual([{ device: A, addresses: ['/ip4/10.0.0.1'], lastSeen: NOW }])
    })

    it('has the newest 16 addresses of each device, first those that were given first', async () => {
      expect(await store.addresses()).toEqual([])
      const many = Array.from({ length: 20 }, (_, at) => `/ip4/10.0.0.${19 - at}`)
      await store.putAddresses(A, many, NOW)
      await store.putAddresses(B, many, NOW)
      await store.putAddresses(B, [], NOW + 1)
      const found = await (await subject.again()).addresses()
      expect(found).toHaveLength(2)
      expect(found).toContainEqual({ device: A, addresses: many.slice(0, 16), lastSeen: NOW })
      expect(found).toContainEqual({ device: B, addresses: [], lastSeen: NOW + 1 })
    })

    it('has a setting until it is taken back', async () => {
      expect(await store.setting('name')).toBe(null)
      await store.putSetting('name', null)
      await store.putSetting('name', 'laptop')
      await store.putSetting('name', 'desk')
      await store.putSetting('empty', '')
      const again = await subject.again()
      expect([await again.setting('name'), await again.setting('empty')]).toEqual(['desk', ''])
      await again.putSetting('name', null)
      expect([await again.setting('name'), await again.setting('empty')]).toEqual([null, ''])
    })

    it('knows the folders that the device takes part in', async () => {
      expect(await store.folders()).toEqual([])
      await subject.takePart(FOLDER)
      expect(await store.folders()).toMatchObject([{ id: FOLDER }])
    })

    it('answers calls in the order in which they were made, though nobody waits between', async () => {
      const [, before, , , after] = await Promise.all([
        store.putSetting('a', '1'),
        store.setting('a'),
        store.appendGroupLog([Uint8Array.of(1)]),
        store.putSetting('a', '2'),
        Promise.all([store.setting('a'), log()]),
      ])
      expect([before, after]).toEqual(['1', ['2', [[1]]]])
    })
  })
}
