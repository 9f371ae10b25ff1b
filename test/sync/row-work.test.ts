import { expect, it } from 'vitest'
import { NO_RECORD, type TodoRow } from '#db'
import { UNSETTLED } from '#folder'
import { emptyApplied } from '../../src/sync/applier.ts'
import { differences } from '../../src/sync/reconcile.ts'
import { RowWork } from '../../src/sync/row-work.ts'
import { A, author, B, exchange, file, open } from '../db/fixtures.ts'
import { directory, row as rowOf, shown } from './versions.ts'

it('notes a directory that is made for what is below it before any record of it has come', () => {
  const chunksOf = (): Uint8Array => new Uint8Array(0)
  const todo = rowOf('d', [], { below: true })
  const work = new RowWork(todo, differences(todo, chunksOf))
  const applied = emptyApplied()
  const { stat } = shown(directory('d'))
  work.settle({ row: todo, difference: work.arrivals[0]!, chunksOf, move: null }, { ok: true, stat }, applied)
  expect(applied.shown).toMatchObject([{ path: 'd', kind: 'directory', version: NO_RECORD }])
  expect(applied.done).toHaveLength(1)
})

const STAT = { size: 3, mtimeMs: 1, ctimeMs: 1, ino: 1, mode: 0o644 }

function arriving(): TodoRow {
  const [here, there] = [open(A), open(B)]
  author(there, file('a', 'new'))
  exchange(here, there)
  return here.rows(['a'])[0]!
}

it('a path that was edited while it was brought into place is looked at again at once', () => {
  for (const [ctimeMs, rescan] of [
    [UNSETTLED, ['a']],
    [1, []],
  ] as const) {
    const row = arriving()
    const work = new RowWork(
      row,
      differences(row, (version) => version.chunks),
    )
    const applied = emptyApplied()
    const input = { row, difference: work.arrivals[0]!, chunksOf: () => new Uint8Array(0), move: null }
    const outcome = work.settle(input, { ok: true, stat: { ...STAT, ctimeMs } }, applied)
    expect(outcome).toEqual({ problem: null, rescan, retry: false })
    expect(applied.shown).toMatchObject([{ path: 'a', stat: { ctimeMs } }])
  }
})

it('what goes to the archive is noted at the path of its version, also where it was a conflict file', () => {
  const index = open(A)
  author(index, file('a.txt', 'mine'))
  const head = index.rows(['a.txt'])[0]!.heads[0]!
  const over = { ...shown(head), path: 'a.conflict-x.txt' }
  const todo = rowOf('a.txt', [], { shown: [over] })
  const work = new RowWork(
    todo,
    differences(todo, (version) => version.chunks),
  )
  const applied = emptyApplied()
  const archived = { name: 'a.conflict-x~1.txt', path: 'a.conflict-x.txt', time: 1, size: 4 }
  const input = { row: todo, difference: work.departures[0]!, chunksOf: () => new Uint8Array(0), move: null }
  work.settle(input, { ok: true, stat: null, archived }, applied)
  expect(applied.archived).toMatchObject([{ name: archived.name, path: 'a.txt', version: head.id }])
})
