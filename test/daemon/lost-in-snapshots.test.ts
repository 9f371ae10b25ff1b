import { expect, test } from 'vitest'
import { inProcess, type FolderIndex } from '#db'
import { momentOf, placesOf } from '#history'
import { lostInSnapshots } from '../../src/daemon/lost-in-snapshots.ts'
import { A, NOW, author, file, open } from '../db/fixtures.ts'

test('of each snapshot it is told how many of its files are on no device any more, lost or never kept, also once these were given up', async () => {
  const index = open(A)
  const here = (): ReturnType<typeof momentOf> => momentOf(placesOf(index.have()))
  author(index, file('a', 'first'), file('b', 'first'), file('c', 'first'))
  const before = here()
  author(index, file('a', 'second'), file('b', 'second'))
  const retention = { pins: new Set<never>(), snapshots: new Map([['before', before] as const, ['after', here()] as const]) }
  const told = async (): Promise<unknown> => [...(await lostInSnapshots(inProcess<FolderIndex>(index), retention))]
  expect(await told()).toEqual([])
  const [a, b] = index.recordsAfter(0, 9)
  index.forgetGone([{ record: a!.record, wasHeld: true, isSaid: true }, { record: b!.record }], NOW)
  expect([index.losses(), await told()]).toEqual([1, [['before', 2]]])
  index.forgetLost()
  expect([index.losses(), index.lost(0, 9), await told()]).toEqual([0, [], [['before', 2]]])
})
