import { expect, test } from 'vitest'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, content, file, NOW, open } from './fixtures.ts'

/** A file of three versions, all of which were looked at; those of these numbers (from 0, the oldest) are held. */
function edited(held: readonly number[]): { index: SqliteFolderIndex; records: number[] } {
  const index = open(A)
  for (const text of ['1', '22', '333']) author(index, file('a', text))
  const items = index.toKeep(9, NOW)
  index.kept(items.map((item, at) => ({ ...item, until: held.includes(at) ? null : NOW + 1_000, isHeld: held.includes(at) })))
  return { index, records: items.map(({ record }) => record) }
}

function isUnneeded(index: SqliteFolderIndex, text: string): boolean {
  index.endGathering()
  while (!index.gatherRetained().isComplete);
  const id = content(text).chunks.subarray(0, 32)
  return index.unneeded(id)!.length > 0
}

/** Of each version, the newest first. */
function told(index: SqliteFolderIndex): string[] {
  return index
    .versions('a')
    .map(({ isForgotten, isLost, isGivenUp, isNeverKept }) =>
      isLost ? 'lost' : isNeverKept ? 'never kept' : isGivenUp ? 'given up' : isForgotten ? 'forgotten' : 'there',
    )
}

test('what was held once is lost where it is gone, and what never was counts as never kept', () => {
  const { index, records } = edited([0])
  expect(
    index.forgetGone(
      records.map((record) => ({ record })),
      NOW,
    ),
  ).toEqual([records[0]])
  expect(told(index)).toEqual(['there', 'never kept', 'lost'])
  expect([index.losses(), index.lost(0, 9).map(({ record, since }) => [record, since])]).toEqual([1, [[records[0], NOW]]])
  expect(index.lost(records[0]!, 9)).toEqual([])
  expect([isUnneeded(index, '1'), isUnneeded(index, '22')]).toEqual([false, true])
})

test('that it was held is known whatever is looked at anew, and whatever became of it since', () => {
  const { index, records } = edited([0, 2])
  index.keepAnew()
  index.kept(index.toKeep(9, NOW).map((item) => ({ ...item, until: NOW + 1_000 })))
  author(index, file('a', '4444'))
  index.kept(index.toKeep(9, NOW).map((item) => ({ ...item, until: null })))
  expect(
    index.forgetGone(
      records.map((record) => ({ record })),
      NOW,
    ),
  ).toEqual([records[0], records[2]])
})

test('what another device held for this one is lost as well', () => {
  const { index, records } = edited([])
  expect(index.forgetGone([{ record: records[0]!, wasHeld: true }, { record: records[1]! }], NOW)).toEqual([records[0]])
})

test('what is lost is so until it is remembered, forgotten by policy, or given up', () => {
  const { index, records } = edited([0, 1])
  const gone = records.map((record) => ({ record }))
  index.forgetGone(gone, NOW)
  index.remember([records[0]!])
  expect(told(index)).toEqual(['there', 'lost', 'there'])
  expect(index.forget([records[1]!])).toBe(1)
  expect([told(index), index.forget([records[1]!])]).toEqual([['there', 'forgotten', 'there'], 0])
  index.forgetGone(gone, NOW)
  expect(told(index)).toEqual(['there', 'forgotten', 'lost'])
  expect([index.forgetLost(), index.forgetLost(), index.losses()]).toEqual([1, 0, 0])
  expect([told(index), isUnneeded(index, '1')]).toEqual([['there', 'forgotten', 'given up'], true])
})

test('what was only a file on the disk is lost where somebody else had said to have it, and given up where nobody had', () => {
  const { index, records } = edited([])
  const [first, second] = records as [number, number]
  const look = (found: { isFile?: boolean; isSaid?: boolean }, isHead: boolean): void =>
    index.kept([first, second].map((record) => ({ record, isHead, until: null, ...found })))
  const lose = (...items: Parameters<typeof index.forgetGone>[0]): number[] => {
    const lost = index.forgetGone(items, NOW)
    index.remember(items.map(({ record }) => record))
    return lost
  }
  look({ isFile: true }, true)
  // It may be being written to.
  look({}, true)
  expect(lose({ record: first }, { record: second, isSaid: true })).toEqual([second])
  index.kept([{ record: first, isHead: false, until: null, isSaid: true }])
  expect(lose({ record: first }, { record: second })).toEqual([first])
  index.kept([{ record: second, isHead: false, until: null }])
  look({ isSaid: true }, false)
  expect(lose({ record: second, isSaid: true })).toEqual([])
})
