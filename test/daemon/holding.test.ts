import { expect, test } from 'vitest'
import type { DeviceId, FolderId } from '#model'
import type { GroupFolder } from '#peers'
import { holdingOf, type HoldingParts } from '../../src/daemon/holding.ts'

const [ME, OTHER] = ['me', 'other'] as [DeviceId, DeviceId]
const [MINE, FOREIGN] = ['mine', 'foreign'] as [FolderId, FolderId]

const state: HoldingParts['group']['state'] = {
  folders: [MINE, FOREIGN].map((id) => ({ id }) as GroupFolder),
  takers: (folder) => (folder === MINE ? [OTHER, ME] : [OTHER]),
}

let capacity = 1

function holding(pledged: DeviceId[][], ...layouts: DeviceId[][][]) {
  return holdingOf({
    group: { device: ME, state },
    pledged: () =>
      pledged.length === 0
        ? null
        : { hash: new Uint8Array(32), holders: pledged, devices: [{ device: OTHER, capacity, away: capacity === 0 }] },
    layouts: () => layouts.map((holders) => ({ holders })),
  })
}

test('a device has the folders that it takes part in, and all once it holds blocks for others', () => {
  expect(holding([]).folders).toEqual([MINE])
  expect(holding([[OTHER], [OTHER]]).folders).toEqual([MINE])
  expect(holding([[OTHER], [OTHER, ME]]).folders).toEqual([MINE, FOREIGN])
})

test('a device holds each partition once of which any layout makes it a holder', () => {
  expect(holding([]).partitions).toEqual([])
  expect(holding([[ME], [OTHER], [OTHER, ME]]).partitions).toEqual([0, 2])
  expect(new Set(holding([[ME], [OTHER], [OTHER]], [[ME], [ME], [OTHER]], [[OTHER], [ME], [OTHER]]).partitions)).toEqual(
    new Set([0, 1]),
  )
})

test('a layout that only says who is away makes nobody a holder', () => {
  capacity = 0
  expect(holding([[OTHER], [OTHER, ME]])).toEqual({ folders: [MINE], partitions: [] })
})
