import { expect, test } from 'vitest'
import { systemClock } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { Step } from '#folder'
import { resolveConflict } from '../../src/sync/resolve-conflict.ts'
import { A, author, B, C, exchange, file, NOTHING, open, row, send, stat } from '../db/fixtures.ts'

const DERIVED = 'a.conflict-20260101-000000-A-xyz'

/** An index of A whose disk shows B's version at `a`, and A's own beside it. */
function conflict() {
  const [index, other] = [open(A), open(B)]
  author(index, file('a', 'mine'))
  author(other, file('a', 'theirs'))
  exchange(index, other)
  const { revision, heads } = row(index, 'a')
  const shown = heads.map(({ id, size, mtime, mode }, at) => ({
    path: at === 0 ? 'a' : DERIVED,
    kind: 'file' as const,
    stat: stat({ size, mtimeMs: mtime / 1000, mode }),
    version: id,
    source: 'a',
  }))
  index.commit({ ...NOTHING, shown, done: [{ path: 'a', revision }] })
  const steps: Step[] = []
  const disk = {
    transition: async (asked: readonly Step[]) => {
      steps.push(...asked)
      return asked.map(() => ({ ok: true as const, stat: null }))
    },
  }
  const resolve = (keep: 'mine' | 'theirs') =>
    resolveConflict(
      {
        index: inProcess<FolderIndex>(index),
        disk,
        clock: systemClock,
        scan: async () => undefined,
        name: 'letters',
        nameOf: () => 'ben',
      },
      { path: 'a', keep },
    )
  return { index, steps, resolve }
}

test('the version that is kept is put at the path', async () => {
  const { steps, resolve } = conflict()
  await resolve('mine')
  expect(steps).toMatchObject([{ do: 'move', from: DERIVED, path: 'a' }])
})

test('but not as long as another version is still to come there: it would be put back', async () => {
  const { index, steps, resolve } = conflict()
  const third = open(C)
  author(third, file('a', 'a third one'))
  send(third, index)
  await expect(resolve('mine')).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('still to come') })
  expect(steps).toEqual([])
  await resolve('theirs')
  expect(steps).toMatchObject([{ do: 'remove', path: DERIVED }])
})
