import { expect, test } from 'vitest'
import type { KeepItem } from '#db'
import { toHex } from '#model'
import type { Duty } from '#replication'
import { A, open } from '../db/fixtures.ts'
import { each, fileOf, named, put, some } from './files.ts'
import { GIVES_UP, keeperOver } from './keeper-over.ts'

test('what the store had is lost where it is nowhere any more; what it never had, or was not to have, is given up without a word', async () => {
  const index = open(A)
  let duty: Duty = 'none'
  const { keeper, there, kept } = keeperOver(index, {
    duty: ({ version }) => (version.path === 'elsewhere' ? duty : 'block'),
    gone: GIVES_UP,
  })
  const [had, elsewhere, ...last] = some(5)
  const draft = some(1)[0]!
  put(there, [had!, elsewhere!, ...last])
  const paths = ['had', 'elsewhere', 'draft']
  index.author([fileOf('had', [had!]), fileOf('elsewhere', [elsewhere!]), fileOf('draft', [draft])], { now: 1 })
  index.author(
    paths.map((path, at) => fileOf(path, [last[at]!])),
    { now: 2 },
  )
  const told = (): string[] =>
    paths.map((path) => {
      const { isForgotten, isLost } = index.versions(path).find(({ isHead }) => !isHead)!
      return isLost ? 'lost' : isForgotten ? 'forgotten' : 'there'
    })
  await keeper.keep()
  expect(told()).toEqual(['there', 'there', 'forgotten'])
  kept.clear()
  there.clear()
  put(there, last)
  duty = 'block'
  // Another device has found it to be nowhere.
  const isOld = ({ version, isHead }: KeepItem): boolean => version.path === 'had' && !isHead
  await keeper.lookAt(index.looked(0, 9).filter(isOld))
  expect(index.looked(0, 9).filter(({ isKept }) => !isKept)).toEqual([expect.objectContaining({ isHead: false })])
  await keeper.keep()
  expect(told()).toEqual(['lost', 'there', 'forgotten'])
  await keeper.recheck()
  await keeper.keep()
  expect(told()).toEqual(['lost', 'forgotten', 'forgotten'])
  await keeper.stop()
})

test('what two users replaced at once, before any store had it, is given up; what one had is lost, though here was only a file', async () => {
  const outcome = async (isSaid: 'never' | 'at once' | 'later'): Promise<string> => {
    const index = open(A)
    const [first, last] = some(2)
    const files = new Set<string>([named(first!)])
    let hasSaid = isSaid === 'at once'
    const { keeper } = keeperOver(index, {
      duty: () => 'copy',
      gone: { ...GIVES_UP, isSaid: () => hasSaid },
      live: async (ids) => each(ids).map((id) => files.has(toHex(id))),
    })
    index.author([fileOf('f', [first!])], { now: 1 })
    await keeper.keep()
    hasSaid ||= isSaid === 'later'
    index.author([fileOf('f', [last!])], { now: 2 })
    files.clear()
    files.add(named(last!))
    await keeper.keep()
    await keeper.stop()
    const { isForgotten, isLost } = index.versions('f').find(({ isHead }) => !isHead)!
    return isLost ? 'lost' : isForgotten ? 'given up' : 'there'
  }
  expect([await outcome('never'), await outcome('at once'), await outcome('later')]).toEqual(['given up', 'lost', 'lost'])
})
