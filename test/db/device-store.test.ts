import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Activity, StoredFolder } from '../../src/db/device-store.ts'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { A, B, FOLDER, NOW } from './fixtures.ts'
import { temporary } from './temporary.ts'

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

describe('the device’s store', () => {
  test('keeps folders, also those without path, secret and marker', () => {
    const path = join(temporary(), 'device.db')
    const store = openDeviceStore(path)
    store.putFolder(folder)
    expect(store.folders()).toEqual([folder])
    const bare: StoredFolder = { ...folder, path: null, secret: null, marker: null, compared: true, pausedUntil: Infinity }
    store.putFolder(bare)
    store.close()
    const again = openDeviceStore(path)
    expect(again.folders()).toEqual([{ ...bare, pausedUntil: -1 }])
    again.dropFolder(FOLDER)
    expect(again.folders()).toEqual([])
  })

  test('keeps the group log in order, and replaces it whole', () => {
    const store = openDeviceStore(':memory:')
    const operations = [3, 1, 2].map((number) => new Uint8Array([number]))
    store.appendGroupLog(operations)
    store.appendGroupLog([new Uint8Array([9])])
    expect(store.groupLog()).toEqual([...operations, new Uint8Array([9])])
    store.appendGroupLog([new Uint8Array([5])], { replace: true })
    expect(store.groupLog()).toEqual([new Uint8Array([5])])
  })

  test('keeps the newest addresses of each device', () => {
    const store = openDeviceStore(':memory:')
    store.putAddresses(
      A.id,
      Array.from({ length: 20 }, (_, at) => `/ip4/10.0.0.${at}`),
      NOW,
    )
    store.putAddresses(B.id, [], NOW)
    store.putAddresses(B.id, ['/ip4/10.0.0.1'], NOW + 1)
    const found = store.addresses()
    expect(found.find(({ device }) => device === A.id)?.addresses).toHaveLength(16)
    expect(found.find(({ device }) => device === B.id)).toEqual({ device: B.id, addresses: ['/ip4/10.0.0.1'], lastSeen: NOW + 1 })
  })

  test('keeps settings until they are taken back', () => {
    const store = openDeviceStore(':memory:')
    expect(store.setting('name')).toBe(null)
    store.putSetting('name', 'laptop')
    store.putSetting('name', 'desk')
    expect(store.setting('name')).toBe('desk')
    store.putSetting('name', null)
    expect(store.setting('name')).toBe(null)
  })

  test('keeps where a renamed entry was; one from before that was kept has nothing to say of it', () => {
    const store = openDeviceStore(':memory:')
    const renamed = { ...item(1), event: 'renamed', detail: '' }
    store.addActivity([renamed, { ...renamed, from: 'old' }, { ...item(2), detail: 'd' }])
    expect(store.activity(0, 3)).toEqual([
      { ...item(2), detail: 'd', number: 3 },
      { ...renamed, from: 'old', number: 2 },
      { ...renamed, number: 1 },
    ])
  })

  test('lists activity by pages, newest first, and keeps the newest 10,000', () => {
    const store = openDeviceStore(':memory:')
    store.addActivity(Array.from({ length: 10_005 }, (_, at) => item(at)))
    const page = store.activity(0, 2)
    expect(page).toEqual([
      { ...item(10_004), number: 10_005 },
      { ...item(10_003), number: 10_004 },
    ])
    expect(store.activity(10_004, 1)).toEqual([{ ...item(10_002), number: 10_003 }])
    expect(store.activity(0, 20_000)).toHaveLength(10_000)
    store.addActivity([{ ...item(1), folder: null, path: null, device: null, detail: 'd' }])
    expect(store.activity(0, 1)).toMatchObject([{ folder: null, path: null, device: null, detail: 'd', number: 10_006 }])
  })
})
