import { beforeEach, expect, test } from 'vitest'
import type { DeviceId, FolderId, Role } from '#model'
import { folderUse } from '../../src/daemon/folder-use.ts'

const [ANNA, BEN, NAS] = ['anna', 'ben', 'nas'] as DeviceId[] as [DeviceId, DeviceId, DeviceId]
const FOLDER = 'photos' as FolderId

let takers: DeviceId[]
let leavers: DeviceId[]
let away: DeviceId[]
let roles: Map<DeviceId, Role>
let isAsked: boolean

beforeEach(() => {
  ;[takers, leavers, away, isAsked] = [[], [], [], false]
  roles = new Map([
    [ANNA, 'sync'],
    [BEN, 'sync'],
  ])
})

function use(folder = FOLDER): ReturnType<typeof folderUse> {
  const state = {
    folders: [{ id: FOLDER }],
    devices: [ANNA, BEN, NAS].map((device) => ({ device })),
    role: (_: FolderId, device: DeviceId) => roles.get(device) ?? 'none',
    takers: () => takers,
    leavers: () => leavers,
  }
  const isConnected = (device: DeviceId): boolean => !away.includes(device)
  return folderUse(state as unknown as Parameters<typeof folderUse>[0], folder, { isConnected, isAsked })
}

test('a folder that a device has on its disk is of use, also while that is away', () => {
  takers = [ANNA]
  away = [ANNA]
  expect(use()).toBe('taken')
  expect(use('another' as FolderId)).toBe('foreign')
})

test('one without a place on any disk is of use while somebody asks for it, or may do so who is away and has not left', () => {
  expect(use()).toBe('none')
  isAsked = true
  expect(use()).toBe('read')
  isAsked = false
  away = [BEN]
  expect(use()).toBe('read')
  leavers = [BEN]
  expect(use()).toBe('none')
  ;[leavers, away] = [[], [BEN, NAS]]
  roles.set(BEN, 'none')
  expect(use()).toBe('none')
})
