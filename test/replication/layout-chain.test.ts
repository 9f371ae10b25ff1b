import { expect, test } from 'vitest'
import { decodeLayout, LayoutChain, makeLayout, type Layout } from '#replication'
import { groupIdOf, signingKey } from '#model'
import { A, B } from '../db/fixtures.ts'

const group = groupIdOf(new Uint8Array(16).fill(1))
const key = signingKey(A.seed)
const rules = { group, partitions: 64, wasMember: () => true }

function after(last: Layout | null, capacity = 1): Layout {
  const devices = [A, B].map(({ id }) => ({ device: id, capacity, away: false }))
  return makeLayout({ group, author: A.id, replicas: 2, partitions: 64, devices, last }, key)
}

test('a number far beyond the last one is refused, but by a device that has none: it has to take what the group has come to', () => {
  const first = after(null)
  const far = after({ ...first, counter: 999_990 })
  const [next, farther] = [after(far, 2), after({ ...first, counter: 1_000_002 })]
  const member = new LayoutChain()
  expect(member.offer(first, null, rules)).toBe(true)
  expect(() => member.offer(after(farther, 3), decodeLayout(farther.bytes), rules)).toThrow(/has the number 1000004/)
  expect(member.offer(next, decodeLayout(far.bytes), rules)).toBe(true)
  const newcomer = new LayoutChain()
  expect(newcomer.offer(after(farther, 3), decodeLayout(farther.bytes), rules)).toBe(true)
})
