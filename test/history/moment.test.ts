import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeBack, headsThen, isMissing, momentOf, placesOf, shownOf, type Moment } from '#history'
import { headsAt } from '../../src/history/moment.ts'
import { isLive, type Version } from '#model'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, directory, exchange, file, follow, gone, NOW, open, send } from '../db/fixtures.ts'

const PATHS = ['a', 'b', 'b/c', 'd']

interface Step {
  who: number
  what: 'write' | 'make' | 'delete' | 'meet' | 'follow'
  path: string
  text: string
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(1),
  what: fc.constantFrom('write', 'write', 'make', 'delete', 'meet', 'follow'),
  path: fc.constantFrom(...PATHS),
  text: fc.constantFrom('1', '22', '333', '4444'),
})
const anySteps = fc.array(anyStep, { maxLength: 16 })

function play(indexes: readonly SqliteFolderIndex[], steps: readonly Step[]): void {
  for (const { who, what, path, text } of steps) {
    const index = indexes[who]!
    if (what === 'write') author(index, file(path, text))
    else if (what === 'make') author(index, directory(path))
    else if (what === 'delete') author(index, gone(path))
    else if (what === 'meet') exchange(indexes[0]!, indexes[1]!)
    else follow(index)
  }
}

function now(index: SqliteFolderIndex): Moment {
  return momentOf(placesOf(index.have()))
}

function headIds(index: SqliteFolderIndex): string[][] {
  return PATHS.map((path) => index.versions(path).flatMap(({ version, isHead }) => (isHead ? [version.id] : [])))
}

function then(index: SqliteFolderIndex, path: string, moment: Moment): Version[] {
  return headsThen(
    index.versions(path).map(({ version }) => version),
    moment,
  )
}

/** What a path shows: a kind, with the size of a file. */
function shows(version: Version | undefined): string {
  return version === undefined || !isLive(version) ? 'nothing' : `${version.kind} ${version.size}`
}

describe('a moment of a folder', () => {
  test('shows on every device the heads that the one had that named it, whatever comes after', () => {
    fc.assert(
      fc.property(anySteps, anySteps, (before, after) => {
        const indexes = [open(A), open(B)] as const
        play(indexes, before)
        const moment = now(indexes[0])
        const heads = headIds(indexes[0])
        play(indexes, after)
        exchange(...indexes)
        for (const index of indexes) expect(PATHS.map((path) => then(index, path, moment).map(({ id }) => id))).toEqual(heads)
      }),
      { numRuns: 150 },
    )
  })

  test('is what a folder shows again after what changes it back, and then nothing more is to be changed', () => {
    fc.assert(
      fc.property(anySteps, anySteps, (before, after) => {
        const indexes = [open(A), open(B)] as const
        play(indexes, before)
        const moment = now(indexes[0])
        const shown = PATHS.map((path) => shows(shownOf(then(indexes[0], path, moment).filter(isLive))))
        play(indexes, after)
        exchange(...indexes)
        const changes = (): { path: string; id: Version['id'] | null }[] =>
          PATHS.flatMap((path) => {
            const change = changeBack(indexes[1].versions(path), moment)
            return change === null ? [] : [{ path: change.path, id: change.version?.id ?? null }]
          })
        const written = changes()
        expect(indexes[1].restore(written, NOW + 10 ** 9).records).toBe(written.length)
        expect(changes()).toEqual([])
        expect(
          PATHS.map((path) => {
            const heads = indexes[1].versions(path).flatMap(({ version, isHead }) => (isHead ? [version] : []))
            return shows(shownOf(heads.filter(isLive)))
          }),
        ).toEqual(shown)
      }),
      { numRuns: 150 },
    )
  })

  test('is looked at among others as it is alone', () => {
    fc.assert(
      fc.property(fc.array(anySteps, { maxLength: 5 }), (parts) => {
        const indexes = [open(A), open(B)] as const
        const moments: Moment[] = []
        for (const steps of parts) {
          play(indexes, steps)
          moments.push(now(indexes[0]), now(indexes[1]))
        }
        exchange(...indexes)
        for (const path of PATHS) {
          const versions = indexes[0].versions(path).map(({ version }) => version)
          expect([...headsAt(versions, moments)]).toEqual(moments.map((moment) => headsThen(versions, moment)))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('with a conflict is the same again as long as the conflict is', () => {
    const indexes = [open(A), open(B)] as const
    for (const index of indexes) author(index, file('a', index === indexes[0] ? '1' : '22'))
    exchange(...indexes)
    const moment = now(indexes[0])
    expect(changeBack(indexes[1].versions('a'), moment)).toBeNull()
    author(indexes[1], gone('a'))
    expect(changeBack(indexes[1].versions('a'), moment)?.version?.size).toBe(2)
  })

  test('is known to be missing where a record of it is', () => {
    const [one, two] = [open(A), open(B)]
    author(one, file('a', '1'))
    send(one, two)
    author(one, file('a', '22'))
    const moment = now(one)
    expect([one, two].map((index) => isMissing(moment, index.have()))).toEqual([false, true])
    expect(isMissing(moment, [])).toBe(true)
    author(two, file('b', '1'))
    send(one, two)
    expect(isMissing(moment, two.have())).toBe(false)
  })

  test('has nothing of an author or an epoch that it does not name', () => {
    const index = open(A)
    author(index, file('a', '1'))
    expect(then(index, 'a', new Map())).toEqual([])
    expect(then(index, 'a', momentOf([[A.id, [{ epoch: 1, seq: 9 }]]]))).toEqual([])
  })
})
