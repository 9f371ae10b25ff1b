import { beforeEach, expect, test } from 'vitest'
import { Events, silentLogger } from '#base'
import type { DeviceId, FolderId, RecordPlace } from '#model'
import type { NetworkEvents, Nowhere } from '#peers'
import { ToldLosses, type ToldLossesParts } from '../../src/daemon/told-losses.ts'

const [ANNA, BEN, CLEO] = ['anna', 'ben', 'cleo'] as DeviceId[] as [DeviceId, DeviceId, DeviceId]
const PHOTOS = 'photos' as FolderId
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((seq): RecordPlace => ({ author: ANNA, epoch: 1, seq })) as [
  RecordPlace,
  RecordPlace,
  RecordPlace,
]

interface Peer {
  readonly device: DeviceId
  sendNowhere(message: Nowhere): void
}

let events: Events<{ nowhere: NetworkEvents['nowhere'] }>
let peers: Peer[]
/** What was said, by whom it was heard. */
let said: string[]
/** What is lost here. */
let lost: RecordPlace[]
let looked: RecordPlace[]
let losses: ToldLosses

const seqs = (places: readonly RecordPlace[]): string => places.map(({ seq }) => seq).join()

function peer(device: DeviceId): Peer {
  return {
    device,
    sendNowhere: ({ places }) => void said.push(`${device}: ${seqs(places)}`),
  }
}

async function heard(device: DeviceId, ...places: RecordPlace[]): Promise<void> {
  events.emit('nowhere', { device, folder: PHOTOS, places })
  await new Promise(setImmediate)
}

async function reviewed(): Promise<string[]> {
  losses.review()
  await new Promise(setImmediate)
  return said.splice(0)
}

beforeEach(() => {
  events = new Events()
  peers = [peer(ANNA), peer(BEN)]
  ;[said, lost, looked] = [[], [], []]
  const keeping = {
    get lost() {
      return lost.length
    },
    losses: {
      places: async () => lost,
      heard: async (places: RecordPlace[]) => void looked.push(...places),
    },
  }
  const parts = {
    // Ben may read only, and Cleo nothing.
    network: {
      group: {
        state: { role: (_: FolderId, device: DeviceId) => ({ anna: 'sync', ben: 'receive-only' })[device as string] ?? 'none' },
      },
      peers: () => peers,
      on: events.on.bind(events),
    },
    registry: { folders: [{ stored: { id: PHOTOS }, keeping }] },
    logger: silentLogger,
  }
  losses = new ToldLosses(parts as unknown as ToldLossesParts)
  losses.start()
})

test('each that may read a folder hears once what is lost of it, and again when more is or it has come back', async () => {
  peers.push(peer(CLEO))
  expect(await reviewed()).toEqual([])
  lost = [FIRST]
  expect(await reviewed()).toEqual(['anna: 1', 'ben: 1'])
  expect(await reviewed()).toEqual([])
  lost = [FIRST, SECOND]
  peers = [peer(ANNA), peers[1]!]
  expect(await reviewed()).toEqual(['anna: 1,2', 'ben: 1,2'])
  lost = []
  expect(await reviewed()).toEqual([])
})

test('what another has found is looked for, where that may read the folder', async () => {
  await heard(BEN, FIRST, SECOND)
  await heard(CLEO, THIRD)
  expect([seqs(looked), said]).toEqual(['1,2', []])
})
