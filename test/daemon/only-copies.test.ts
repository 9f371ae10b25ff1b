import { expect, test } from 'vitest'
import { inProcess, type FolderIndex, type Have } from '#db'
import { keptUpTo } from '#replication'
import { onlyCopies } from '../../src/daemon/only-copies.ts'
import { A, author, B, file, FOLDER, open } from '../db/fixtures.ts'

/** Says what A has alone that leaves B: `kept` and `known`, up to which of A's records B keeps all, and knows of; `lacks`: entries that B's disk lacks. */
async function said(of: { kept: number; known: number; lacks: number; hindrance?: string }): Promise<string> {
  const index = open(A)
  for (const [path, text] of [
    ['held', 'held by the other one'],
    ['small', 'a few'],
    ['twin', 'held by the other one'],
    ['zoo', 'more than a few'],
  ] as const)
    author(index, file(path, text))
  const upTo = (seq: number): Have[] => index.have().map((have) => ({ ...have, seq }))
  const folder = {
    stored: { id: FOLDER, name: 'pictures' },
    index: inProcess<FolderIndex>(index),
    keeping: {
      keeps: true,
      isKept: true,
      holders: { layout: { devices: [A.id, B.id], holders: [[A.id, B.id]] }, keptOf: () => keptUpTo(upTo(of.kept)) },
      past: { areHere: async (versions: unknown[]) => versions.map(() => true) },
    },
    sync: {
      exchange: {
        peers: [
          { device: B.id, state: { materialised: true, needEntries: of.lacks, hindrance: of.hindrance, have: upTo(of.known) } },
        ],
      },
    },
  }
  const state = {
    devices: [A, B].map(({ id }) => ({ device: id })),
    role: () => 'sync',
    takers: () => [A.id, B.id],
    leavers: () => [],
  }
  const context = { network: { group: { device: A.id, state } }, registry: { folders: [folder] }, membership: {} }
  return (await onlyCopies(context as unknown as Parameters<typeof onlyCopies>[0], A.id)).map(({ message }) => message).join()
}

test('what another device keeps, or has on its disk, in a file of another name is not on this one alone; the largest of the rest is named first', async () => {
  const two = /^the content of 2 versions is on this device alone, .*: of zoo, small$/
  expect(await said({ kept: 1, known: 1, lacks: 1 })).toMatch(two)
  expect(await said({ kept: 0, known: 1, lacks: 0 })).toMatch(two)
})

test('of what a device knows of, and has not said to have, it may have some: what is on this one alone is at most all of that', async () => {
  expect(await said({ kept: 1, known: 4, lacks: 1 })).toMatch(/^the content of up to 2 versions is on this device alone/)
  expect(await said({ kept: 0, known: 4, lacks: 0 })).toBe('')
  expect(await said({ kept: 0, known: 4, lacks: 0, hindrance: 'blocked' })).toMatch(/^the content of up to 4 versions is on/)
})
