import { expect, test } from 'vitest'
import type { BackendContext } from '../../src/daemon/backend-context.ts'
import type { OpenFolder } from '../../src/daemon/folder-opener.ts'
import { restoreThen } from '../../src/daemon/restore-then.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A, author, B, exchange, file, follow, gone, heads, open, send, wallClock } from '../db/fixtures.ts'
import { pastOf } from './past-of.ts'

const WORDS = { command: 'restore', state: 'as it was', another: 'elsewhere', rest: 'wait' } as const

test('a folder becomes what it was, but for what was changed or deleted while the content was on its way', async () => {
  const [one, two] = [open(A), open(B)]
  author(one, file('kept', ''), file('edited', ''))
  const at = wallClock()
  author(one, gone('kept'), gone('edited'))
  author(one, file('new', 'x'), file('newer', 'x'), file('newest', 'x'))
  exchange(one, two)
  follow(two)
  const past = pastOf(one)
  // Another device changes two of the paths, when it has been decided what becomes of them.
  past.bringContent = () => {
    if (heads(two, 'newer').includes('file 1')) {
      author(two, file('newer', 'of somebody else'), file('edited', 'of somebody else'))
      send(two, one)
    }
    return Promise.resolve()
  }
  const found = {
    stored: { name: 'docs' },
    sync: {
      actions: {
        restore: async (decide: () => Promise<Parameters<typeof one.restore>[0]>) =>
          one.restore(await decide(), wallClock() + 1000).heads,
      },
    },
    keeping: { past, holds: { during: (work: () => Promise<unknown>) => work() } },
  } as unknown as OpenFolder
  const context = { clock: new HandClock(), announce: () => undefined } as unknown as BackendContext
  const plan = await restoreThen(
    context,
    found,
    null,
    { at, under: '', dryRun: false, partial: false, words: WORDS },
    new AbortController().signal,
  )
  expect(plan.left).toBe(2)
  const after = ['kept', 'new', 'newest', 'newer', 'edited'].map((path) => heads(one, path))
  expect(after).toEqual([['file 0'], ['tombstone'], ['tombstone'], ['file 16'], ['file 16']])
})
