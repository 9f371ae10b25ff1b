import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { Events } from '#base'
import type { DeviceId, FolderId } from '#model'
import { HandClock } from '../base/hand-clock.ts'
import { LostNotices, type LostNoticesParts } from '../../src/daemon/lost-notices.ts'

const [ANNA, BEN, NAS] = ['anna', 'ben', 'nas'] as DeviceId[] as [DeviceId, DeviceId, DeviceId]
const [PHOTOS, MUSIC] = ['photos', 'music'] as FolderId[] as [FolderId, FolderId]

let clock: HandClock
let told: string[]
let asked: DeviceId[]
let notices: LostNotices
let events: Events<{ lost: { device: DeviceId; folder: FolderId } }>

beforeEach(() => {
  clock = new HandClock()
  ;[told, asked] = [[], []]
  events = new Events()
  const parts = {
    network: {
      // Ben may not read the photos.
      group: { state: { role: (folder: FolderId, device: DeviceId) => (device === BEN && folder === PHOTOS ? 'none' : 'sync') } },
      peers: () =>
        [ANNA, BEN].map((device) => ({ device, sendLost: (folder: FolderId) => void told.push(`${folder} to ${device}`) })),
      on: events.on.bind(events),
    },
    registry: {
      folders: [{ stored: { id: PHOTOS }, keeping: { replicas: { askAgain: (device: DeviceId) => void asked.push(device) } } }],
    },
    clock,
  }
  notices = new LostNotices(parts as unknown as LostNoticesParts)
  notices.start()
  onTestFinished(() => notices.stop())
})

test('those who may read a folder hear at once that some of it is lost, and of more half a minute later, once', () => {
  notices.tell(PHOTOS)
  notices.tell(MUSIC)
  expect(told).toEqual(['photos to anna', 'music to anna', 'music to ben'])
  told = []
  notices.tell(PHOTOS)
  notices.tell(PHOTOS)
  clock.pass(29_000)
  expect(told).toEqual([])
  clock.pass(1_000)
  expect(told).toEqual(['photos to anna'])
  clock.pass(60_000)
  expect(told.length).toBe(1)
  notices.tell(PHOTOS)
  expect(told.length).toBe(2)
})

test('a device that says so is asked again, not more often than that, and not about folders that are not here', () => {
  const heard = (device: DeviceId, folder = PHOTOS): void => events.emit('lost', { device, folder })
  heard(NAS)
  heard(BEN)
  heard(NAS, MUSIC)
  expect(asked).toEqual([NAS, BEN])
  for (let second = 0; second < 60; second++) {
    heard(NAS)
    clock.pass(1_000)
  }
  expect(asked).toEqual([NAS, BEN, NAS, NAS])
  notices.stop()
  clock.pass(60_000)
  expect(asked.length).toBe(4)
})
