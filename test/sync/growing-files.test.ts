import { beforeEach, expect, it } from 'vitest'
import { packStats, type StatTable } from '#model'
import { GrowingFiles } from '../../src/sync/growing-files.ts'
import { HandClock } from '../base/hand-clock.ts'

const MIB = 1024 * 1024

let clock: HandClock
let growing: GrowingFiles

beforeEach(() => {
  clock = new HandClock()
  growing = new GrowingFiles(clock)
})

function file(path: string, size: number, writtenBefore = 0) {
  return { path, kind: 'file' as const, stat: { size, mtimeMs: clock.now() - writtenBefore, ctimeMs: 0, ino: 1, mode: 0o644 } }
}

function changed(...rows: ReturnType<typeof file>[]): StatTable {
  return packStats(rows)
}

it('are large files that were noted lately and are being written again', () => {
  growing.noted('film', file('film', 2 * MIB).stat)
  growing.noted('note', file('note', 10).stat)
  clock.pass(1_000)
  const now = changed(file('film', 3 * MIB), file('note', 20), file('other', 9 * MIB))
  expect(growing.among(now)).toEqual(['film'])
})

it('are none once they have not been written to for a while', () => {
  growing.noted('film', file('film', 2 * MIB).stat)
  clock.pass(10_000)
  expect(growing.among(changed(file('film', 3 * MIB, 2_900)))).toEqual(['film'])
  expect(growing.among(changed(file('film', 3 * MIB, 3_100)))).toEqual([])
})

it('are noted about once a minute while they go on growing', () => {
  growing.noted('film', file('film', 2 * MIB).stat)
  let times = 0
  for (let second = 0; second < 300; second++) {
    clock.pass(1_000)
    const { stat } = file('film', (3 + second) * MIB)
    if (growing.among(changed(file('film', stat.size))).length > 0) continue
    growing.noted('film', stat)
    times++
  }
  expect(times).toBe(5)
})

it('are none for a time that lies far ahead: it says nothing of when they were written', () => {
  growing.noted('film', file('film', 2 * MIB).stat)
  expect(growing.among(changed(file('film', 3 * MIB, -3_600_000)))).toEqual([])
})
