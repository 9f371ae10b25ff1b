import { describe, expect, it } from 'vitest'
import { Queue, systemClock } from '#base'
import type { MovedTree, TodoRow } from '#db'
import type { StepResult } from '#folder'
import { packStats } from '#model'
import { Applier } from '../../src/sync/applier.ts'
import { TreeMover } from '../../src/sync/tree-mover.ts'
import { HandClock } from '../base/hand-clock.ts'

const NEVER = new AbortController().signal
const ROW = { path: 'new', heads: [{ author: 'there' }], revision: 1 } as TodoRow
const STAT = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 1, mode: 0o755 }
const WHOLE: MovedTree = { whole: true, entries: packStats([{ path: 'old', kind: 'directory', stat: STAT }]), revision: 1 }
const MISSING: MovedTree = { whole: false, entries: packStats([]), revision: 1 }

function mover(tree: MovedTree, result: StepResult = { ok: true, stat: STAT }, clock = new HandClock()) {
  const rescans: string[][] = []
  const applier = new Applier(
    {
      disk: { transition: async () => [result] },
      index: { commit: async () => undefined, conflictsBeginning: async () => [] },
      clock: systemClock,
      tree: new Queue(),
    },
    { allowed: async () => undefined, underWay: () => 0, unnoted: () => undefined },
  )
  const parts = {
    index: { movedTree: async () => tree },
    clock,
    isScanning: () => true,
    rescan: (paths: string[]) => void rescans.push(paths),
    applied: () => undefined,
  }
  return { trees: new TreeMover(parts, applier, NEVER), rescans, clock }
}

describe('a directory that was renamed elsewhere', () => {
  it('is looked at in both places where more moved along than was known', async () => {
    const { trees, rescans, clock } = mover(WHOLE, { ok: true, stat: STAT, strangers: true })
    expect(await trees.move(ROW, 'old', clock.monotonic())).toBe(true)
    expect(rescans).toEqual([['old', 'new']])
  })

  it('is waited for as long as its author scans, but not for each one anew', async () => {
    const { trees, clock } = mover(MISSING)
    const began = clock.monotonic()
    const moves = (async () => {
      for (let at = 0; at < 50; at++) expect(await trees.move(ROW, 'old', began)).toBe(false)
    })()
    let ended = false
    void moves.then(() => (ended = true))
    while (!ended) {
      clock.pass(40)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(clock.monotonic() - began).toBeLessThan(12_000)
    expect(clock.monotonic() - began).toBeGreaterThan(9_000)
  })
})
