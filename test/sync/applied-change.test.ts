import { expect, it } from 'vitest'
import { appliedChange, type AppliedChange } from '../../src/sync/applied-change.ts'
import { differences } from '../../src/sync/reconcile.ts'
import { A, author, B, exchange, file, gone, open } from '../db/fixtures.ts'

/** What is told of a file that comes to the device `B` from `A`; `there` is what B did to it meanwhile. */
function told(there: 'nothing' | 'deleted'): AppliedChange | null {
  const [one, two] = [open(A), open(B)]
  if (there === 'deleted') {
    author(one, file('dir/a', 'base'))
    exchange(one, two)
    author(two, file('dir/a', 'base'), gone('dir/a'))
  }
  author(one, file('dir/a', 'edited'))
  exchange(one, two)
  const [row] = two.rows(['dir/a'])
  const chunksOf = (): Uint8Array => new Uint8Array(0)
  const [difference] = differences(row!, chunksOf)
  return appliedChange({ row: row!, difference: difference!, chunksOf, move: null })
}

it('a file that comes back because it was edited says so', () => {
  expect(told('nothing')).toEqual({ event: 'added', path: 'dir/a', device: A.id })
  expect(told('deleted')).toEqual({
    event: 'added',
    path: 'dir/a',
    device: A.id,
    detail: 'edited there while it was deleted or renamed elsewhere',
  })
})
