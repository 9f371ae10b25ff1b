import { expect, it } from 'vitest'
import { NO_RECORD } from '#db'
import { emptyApplied } from '../../src/sync/applier.ts'
import { differences } from '../../src/sync/reconcile.ts'
import { RowWork } from '../../src/sync/row-work.ts'
import { row, shown, directory } from './versions.ts'

it('notes a directory that is made for what is below it before any record of it has come', () => {
  const chunksOf = (): Uint8Array => new Uint8Array(0)
  const todo = row('d', [], { below: true })
  const work = new RowWork(todo, differences(todo, chunksOf))
  const applied = emptyApplied()
  const { stat } = shown(directory('d'))
  work.settle({ row: todo, difference: work.arrivals[0]!, chunksOf, move: null }, { ok: true, stat }, applied)
  expect(applied.shown).toMatchObject([{ path: 'd', kind: 'directory', version: NO_RECORD }])
  expect(applied.done).toHaveLength(1)
})
