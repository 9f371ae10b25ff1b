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
/** What is lost here, and what was given up here. */
let lost: RecordPlace[]
let givenUp: RecordPlace[]
let looked: RecordPlace[]
let losses: ToldLosses

const seqs = (places: readonly RecordPlace[]): string => places.map(({ seq }) => seq).join()

function peer(device: DeviceId): Peer {
  return {
    device,
    sendNowhere: ({ isGivenUp, places }) => void said.push(`${device}: ${isGivenUp ? 'given up' : 'lost'} ${seqs(places)}`),
  }
}

async function heard(device: DeviceId, isGivenUp: boolean, ...places: RecordPlace[]): Promise<void> {
  events.emit('nowhere', { device, folder: PHOTOS, isGivenUp, places })
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
  ;[said, lost, givenUp, looked] = [[], [], [], []]
  const keeping = {
    get lost() {
      return lost.length
    },
    losses: {
      places: async () => lost,
      async heard(places: RecordPlace[]) {
        looked.push(...places)
        return places.filter((place) => givenUp.includes(place))
      },
      async heardGivenUp(places: RecordPlace[]) {
        givenUp.push(...lost.filter((place) => places.includes(place)))
        lost = lost.filter((place) => !places.includes(place))
        return places.length
      },
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
  expect(await reviewed()).toEqual(['anna: lost 1', 'ben: lost 1'])
  expect(await reviewed()).toEqual([])
  lost = [FIRST, SECOND]
  peers = [peer(ANNA), peers[1]!]
  expect(await reviewed()).toEqual(['anna: lost 1,2', 'ben: lost 1,2'])
  lost = []
  expect(await reviewed()).toEqual([])
  losses.giveUp(PHOTOS, [])
  losses.giveUp(PHOTOS, [FIRST])
  expect(said).toEqual(['anna: given up 1', 'ben: given up 1'])
})

test('what another has found is looked for, and it hears what of that was given up here', async () => {
  givenUp = [SECOND]
  await heard(BEN, false, FIRST, SECOND)
  expect([seqs(looked), said]).toEqual(['1,2', ['ben: given up 2']])
  await heard(CLEO, false, THIRD)
  expect(seqs(looked)).toBe('1,2')
})

test('what the user of one that may write has given up is given up here', async () => {
  lost = [FIRST, SECOND]
  await heard(BEN, true, FIRST)
  expect(seqs(lost)).toBe('1,2')
  await heard(ANNA, true, FIRST, THIRD)
  expect([seqs(lost), seqs(givenUp)]).toEqual(['2', '1'])
})
