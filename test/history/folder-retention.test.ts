import { expect, test } from 'vitest'
import { judge, momentOf, parsePolicy, placesOf, type Moment } from '#history'
import type { VersionId } from '#model'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, exchange, file, follow, gone, NOW, open } from '../db/fixtures.ts'

const YEAR = 365 * 86_400_000

function now(index: SqliteFolderIndex): Moment {
  return momentOf(placesOf(index.have()))
}

/** Of each version of `a`, the newest first: what it was, and why it stays or goes. */
function judged(
  index: SqliteFolderIndex,
  pins: VersionId[],
  snapshots: Record<string, Moment>,
  last: string | null = '1',
): string[] {
  const policy = parsePolicy(last === null ? {} : { 'keep-last': last })
  const retention = { policy, pins: new Set(pins), snapshots: new Map(Object.entries(snapshots)) }
  const { keep, forget } = judge(retention, index.versions('a'), NOW + 10 ** 9)
  const said = (list: typeof keep, word: string): [number, string][] =>
    list.map(({ version, reasons }) => [
      version.time,
      `${version.past.version.size} ${word}: ${reasons.filter((reason) => !reason.includes(':')).join(', ')}`,
    ])
  return [...said(keep, 'stays'), ...said(forget, 'goes')].sort(([a], [b]) => b - a).map(([, text]) => text)
}

test('what is pinned, in a snapshot or current stays, whatever the policy says', () => {
  const index = open(A)
  for (const text of ['1', '22', '333', '4444', '55555']) author(index, file('a', text))
  const [, pinned] = index.versions('a').map(({ version }) => version.id)
  expect(judged(index, [pinned!], {})).toEqual(['5 stays: current, last', '4 stays: pinned', '3 goes: ', '2 goes: ', '1 goes: '])
  const moment = now(index)
  author(index, gone('a'))
  expect(judged(index, [], { here: moment, also: moment, later: now(index) })).toEqual([
    `0 stays: current, snapshot later, ends ${index.versions('a')[1]!.version.id}`,
    '5 stays: snapshot here, snapshot also, last',
    '4 goes: ',
    '3 goes: ',
    '2 goes: ',
    '1 goes: ',
  ])
  expect(judged(index, [], {}, null).filter((text) => text.includes('goes'))).toEqual([])
})

test('the last version is the one that superseded the others, also where a clock was years ahead', () => {
  const [one, two] = [open(A), open(B)]
  author(one, file('a', '1'))
  exchange(one, two)
  follow(two)
  two.author([file('a', '22')], { now: NOW + 20 * YEAR })
  exchange(one, two)
  follow(one)
  for (const text of ['333', '4444']) author(one, file('a', text))
  const stays = (last: string): string[] =>
    judged(one, [], {}, last).flatMap((text) => (text.includes('last') ? [text.slice(0, 1)] : []))
  expect(stays('2').toSorted()).toEqual(['3', '4'])
  author(one, gone('a'))
  expect(stays('1')).toEqual(['4'])
  expect(stays('3').toSorted()).toEqual(['2', '3', '4'])
})

test('of a snapshot with a conflict both versions stay', () => {
  const [one, two] = [open(A), open(B)]
  author(one, file('a', '1'))
  author(two, file('a', '22'))
  exchange(one, two)
  const moment = now(one)
  author(one, file('a', '333'), gone('a'), file('a', '4444'))
  exchange(one, two)
  for (const index of [one, two])
    expect(judged(index, [], { s: moment }).filter((text) => text.includes('snapshot s'))).toHaveLength(2)
})
