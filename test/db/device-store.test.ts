import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inProcess, type Activity, type DeviceStore, type StoredFolder } from '#db'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { networkStoreSuite } from '../peers/network-store-suite.ts'
import { A, B, device, FOLDER, NOW } from './fixtures.ts'
import { temporary } from './temporary.ts'
import { databasesIn } from './thread.ts'

const folder: StoredFolder = {
  id: FOLDER,
  name: 'Photos',
  path: '/home/me/Photos',
  secret: new Uint8Array(32).fill(7),
  pausedUntil: 0,
  marker: { id: 'm', ino: 2 ** 60, dev: 3 },
  compared: false,
}

const item = (number: number): Activity => ({
  time: NOW + number,
  event: 'added',
  folder: FOLDER,
  path: `f${number}`,
  device: A.id,
  detail: '',
})

interface Subject {
  store: DeviceStore
  /** Opens what is on the disk anew. */
  again(): Promise<DeviceStore>
}

async function here(): Promise<Subject> {
  const file = join(temporary(), 'device.db')
  const store = inProcess<DeviceStore>(openDeviceStore(file))
  const again = async (): Promise<DeviceStore> => {
    await store.close()
    return inProcess<DeviceStore>(openDeviceStore(file))
  }
  return { store, again }
}

async function inThread(): Promise<Subject> {
  const dir = temporary()
  const { databases } = databasesIn(dir)
  const again = async (): Promise<DeviceStore> => {
    await databases.close()
    return databasesIn(dir).databases.device()
  }
  return { store: await databases.device(), again }
}

for (const [name, open] of Object.entries({ 'in this thread': here, 'in a thread of its own': inThread })) {
  networkStoreSuite(`in a database ${name}`, async () => {
    const subject = await open()
    return { ...subject, takePart: (id) => subject.store.putFolder({ ...folder, id }) }
  })

  describe(`the device’s store ${name}`, () => {
    test('keeps folders, also those without path, secret and marker', async () => {
      const { store, again } = await open()
      await store.putFolder(folder)
      expect(await store.folders()).toEqual([folder])
      const bare: StoredFolder = { ...folder, path: null, secret: null, marker: null, compared: true, pausedUntil: Infinity }
      await store.putFolder(bare)
      const reopened = await again()
      expect(await reopened.folders()).toEqual([{ ...bare, pausedUntil: -1 }])
      await reopened.dropFolder(device(9).id as never)
      expect(await reopened.folders()).toHaveLength(1)
      await reopened.dropFolder(FOLDER)
      expect(await reopened.folders()).toEqual([])
    })

    test('lists activity by pages, newest first, and keeps the newest 10,000', async () => {
      const { store } = await open()
      expect(await store.activity(0, 2)).toEqual([])
      await store.addActivity(Array.from({ length: 10_005 }, (_, at) => item(at)))
      expect(await store.activity(0, 2)).toEqual([
        { ...item(10_004), number: 10_005 },
        { ...item(10_003), number: 10_004 },
      ])
      expect(await store.activity(10_004, 1)).toEqual([{ ...item(10_002), number: 10_003 }])
      expect(await store.activity(0, 20_000)).toHaveLength(10_000)
      expect(await store.activity(6, 10)).toEqual([])
      await store.addActivity([{ ...item(1), folder: null, path: null, device: null, detail: 'd' }])
      expect(await store.activity(0, 1)).toMatchObject([{ folder: null, path: null, device: null, detail: 'd', number: 10_006 }])
    })

    test('adds all of a call’s activity or none, and gives no number twice', async () => {
      const { store, again } = await open()
      await store.addActivity([item(1), item(2)])
      await expect(store.addActivity([item(3), { ...item(4), event: null as never }])).rejects.toThrow()
      await store.addActivity([{ ...item(5), device: B.id }])
      expect((await (await again()).activity(0, 9)).map(({ path, number }) => [path, number])).toEqual([
        ['f5', 3],
        ['f2', 2],
        ['f1', 1],
      ])
    })

    test('fails every call once it is closed', async () => {
      const { store } = await open()
      await store.close()
      await expect(store.setting('a')).rejects.toThrow()
    })

    test('keeps where a renamed entry was; one from before that was kept has nothing to say of it', async () => {
      const { store } = await open()
      const renamed = { ...item(1), event: 'renamed' as const, detail: '' }
      await store.addActivity([renamed, { ...renamed, from: 'old' }, { ...item(2), detail: 'd' }])
      expect(await store.activity(0, 3)).toEqual([
        { ...item(2), detail: 'd', number: 3 },
        { ...renamed, from: 'old', number: 2 },
        { ...renamed, number: 1 },
      ])
    })
  })
}
