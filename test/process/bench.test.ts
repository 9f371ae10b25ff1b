import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Case, Figure, Result, Sizes } from '../../bench/case.ts'
import { disk, diskUse } from '../../bench/cases/disk.ts'
import { gc } from '../../bench/cases/gc.ts'
import { get } from '../../bench/cases/get.ts'
import { index } from '../../bench/cases/index-size.ts'
import { put } from '../../bench/cases/put.ts'
import { scrub } from '../../bench/cases/scrub.ts'
import { besideRsync, small as smallFiles } from '../../bench/cases/small.ts'
import { rsyncWithFsync } from '../../bench/plain.ts'
import { seal } from '../../bench/cases/seal.ts'
import { upkeep } from '../../bench/cases/upkeep.ts'
import { versions } from '../../bench/cases/versions.ts'
import { toJson, toText, verdict } from '../../bench/report.ts'
import { Stage } from '../../bench/stage.ts'
import { shapes } from '../../bench/store-pair.ts'
import { programEntry } from '../../scripts/device.ts'

const MIB = 1 << 20
const sizes: Sizes = {
  large: 4 * MIB,
  small: 120,
  many: 0,
  saves: 6,
  idleSeconds: 0,
  shared: 80 * MIB,
  versions: 5_000,
}
const small = shapes[0]!
const hasRestic = spawnSync('restic', ['version']).status === 0

let directory: string
let stage: Stage

beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-bench-test-')))
  stage = new Stage({ parent: directory, entry: programEntry, syncthing: undefined, restic: 'restic' })
})
afterAll(async () => {
  await stage.end()
  rmSync(directory, { recursive: true, force: true })
})

function run(each: Case): Promise<Result> {
  return each.run({ stage, sizes, tell: () => undefined })
}

function found(figures: readonly Figure[] | undefined, what: string): number {
  return figures?.find((figure) => figure.what.includes(what))?.measured ?? Number.NaN
}

describe.skipIf(process.platform !== 'linux')('the cases of the store', () => {
  test('a tree of small files is sealed once in all, scrubbed, got, put, and its old versions freed', async () => {
    const sealed = await run(seal(small))
    expect(sealed).toMatchObject({ files: 120, blocks: 120 })
    expect(found(sealed.figures, 'both stores')).toBeGreaterThan(sealed.bytes!)
    expect(sealed.beside.map(({ tool }) => tool)).toEqual(hasRestic ? ['restic backup'] : [])
    const scrubbed = await run(scrub(small))
    expect(scrubbed.blocks).toBeGreaterThan(20)
    expect(scrubbed.blocks).toBeLessThan(100)
    const got = await run(get(small))
    expect(got).toMatchObject({ files: 120, bytes: sealed.bytes })
    expect(got.beside.map(({ tool }) => tool)).toEqual(hasRestic ? ['restic restore'] : [])
    expect(await run(put(small))).toMatchObject({ files: 120 })
    const freed = await run(gc(small))
    expect(freed.blocks).toBe(120)
    expect(freed.bytes).toBeGreaterThan(sealed.bytes!)
    for (const { seconds, devices } of [sealed, scrubbed, got, freed]) {
      expect(seconds).toBeGreaterThan(0)
      expect(devices.every(({ peakBytes }) => peakBytes > 10 * MIB)).toBe(true)
    }
    const outcome = { case: seal(small), result: sealed, error: null }
    expect(toText(outcome)).toMatch(/^\s*seal-small: .*\(120, .*MiB\)\n {2}Holdfast .* MB\/s .* files\/s .* blocks\/s .*/)
    expect(toText(outcome)).toMatch(/\n +in both stores: \d\.\d+ MiB/)
    expect(toJson([outcome], { program: 'dist', quick: true })).toMatchObject({ cases: [{ name: 'seal-small', blocks: 120 }] })
  })

  test('edits arrive while two stores are looked after, and it is told how much later', async () => {
    const { targets, figures } = await run(upkeep(small))
    // How much later is for a machine that does nothing else.
    expect(targets[0]!.measured).toBeGreaterThan(1)
    expect(found(figures, 'p95 at rest')).toBeLessThan(10_000)
    expect(found(figures, 'rounds')).toBeGreaterThan(1)
  })

  test('the index is measured without and with a history', async () => {
    const { targets, figures } = await run(index)
    expect(targets[0]!.measured).toBeGreaterThan(200)
    expect(found(figures, 'version')).toBeGreaterThan(100)
  })

  test('what two devices take holds the files twice and their blocks once, and what edits add', async () => {
    const { targets, figures, bytes } = await run(disk)
    expect(bytes).toBe(80 * MIB)
    const [quiet, edited] = targets as [(typeof targets)[0], (typeof targets)[0]]
    expect(quiet.measured / bytes!).toBeGreaterThan(3)
    expect(quiet.measured / bytes!).toBeLessThan(3.2)
    const added = found(figures, 'added')
    expect(added).toBeGreaterThan(20 * 64 * 1024)
    expect(edited.measured - quiet.measured).toBeGreaterThan(2 * added)
  })

  test('the versions of one path are listed among those that were filled in', async () => {
    const { seconds, targets, figures } = await run(versions)
    expect(seconds).toBeGreaterThan(0)
    expect(targets[0]!.what).toMatch(/with 100, of 5,00\d/)
    expect(figures![1]!.what).toMatch(/with 8$/)
  })
})

test('the disk that is taken counts a file of two names once', () => {
  const place = join(directory, 'names')
  mkdirSync(place)
  writeFileSync(join(place, 'a'), Buffer.alloc(MIB, 1))
  const before = diskUse(place)
  linkSync(join(place, 'a'), join(place, 'b'))
  expect(before).toBeGreaterThanOrEqual(MIB)
  expect(diskUse(place)).toBe(before)
})

describe('a target whose measure is another tool', () => {
  const outcomeOf = (result: Result) => ({ case: smallFiles, result, error: null })

  test('is said not to be measured where that tool is missing or fails, and not all is met then', () => {
    const source = join(directory, 'source')
    mkdirSync(source, { recursive: true })
    const failing = join(directory, 'failing')
    writeFileSync(failing, '#!/bin/sh\necho "--fsync: unknown option" >&2\nexit 1\n', { mode: 0o755 })
    for (const [program, why] of [
      [join(directory, 'none'), 'cannot be run (ENOENT)'],
      [failing, 'failed: --fsync: unknown option'],
    ] as const) {
      const parts = besideRsync(1, rsyncWithFsync(source, join(directory, 'copy'), program))
      const outcome = outcomeOf({ seconds: 1, bytes: 9, files: 3, devices: [], sentBytes: 9, beside: [], ...parts })
      expect(toText(outcome)).toContain(`NOT MEASURED 1.5 × rsync -a --fsync: ${program} ${why}`)
      expect(verdict([outcome])).toEqual({ text: 'NOT MEASURED: small (1.5 × rsync -a --fsync)', isMet: false })
      expect(toJson([outcome], { program: 'dist', quick: true })).toMatchObject({
        cases: [{ unmeasured: [{ what: '1.5 × rsync -a --fsync' }] }],
      })
    }
  })

  test('is met or missed where it was measured', () => {
    const told = [1, 3].map((seconds) =>
      verdict([
        outcomeOf({
          ...{ seconds, bytes: 9, files: 3, devices: [], sentBytes: 9, beside: [] },
          ...besideRsync(seconds, { done: { tool: 'rsync', seconds: 1 } }),
        }),
      ]),
    )
    expect(told).toEqual([
      { text: 'All targets met.', isMet: true },
      { text: 'MISSED: small (1.5 × rsync -a --fsync)', isMet: false },
    ])
  })
})
