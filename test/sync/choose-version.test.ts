import { expect, test } from 'vitest'
import type { DeviceId } from '#model'
import { chooseVersion, type ShownVersion, type Wanted } from '../../src/sync/choose-version.ts'
import { ANNA, BEN, shown, version } from './versions.ts'

const CAROL = `${ANNA.slice(0, -8)}CarolCar` as DeviceId
const NAMES = new Map<DeviceId, string>([
  [ANNA, 'anna'],
  [BEN, 'ben'],
  [CAROL, `ben (${CAROL.slice(-8)})`],
])
const words = { name: 'my letters', nameOf: (device: DeviceId) => NAMES.get(device) ?? '' }

/** One that shows at the path `a`, or beside it; this device is anna. */
function of(device: DeviceId | null, place = 'a', own = device === ANNA): ShownVersion {
  return { entry: shown(version('a', 'x'), place), device, own, isDerived: place !== 'a' }
}

function choose(versions: ShownVersion[], wanted: Partial<Wanted> & Pick<Wanted, 'keep'>): string {
  try {
    const { entry, device } = chooseVersion(words, { path: 'a', target: 'a', ...wanted }, versions)
    return `${device === null ? 'nobody' : words.nameOf(device)} at ${entry.path}`
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint: string }
    return `${code}: ${message}\n${hint}`
  }
}

test('mine is what this device wrote, wherever it shows; theirs is what another one wrote', () => {
  for (const [main, derived] of [
    [of(ANNA), of(BEN, 'a.1')],
    [of(BEN), of(ANNA, 'a.1')],
  ] as const) {
    const [mine, theirs] = main.own ? [main, derived] : [derived, main]
    expect(choose([main, derived], { keep: 'mine' })).toBe(`anna at ${mine.entry.path}`)
    expect(choose([main, derived], { keep: 'theirs' })).toBe(`ben at ${theirs.entry.path}`)
  }
})

test('the same content as another device’s counts as this one’s, a directory of nobody as another’s', () => {
  expect(choose([of(BEN, 'a', true), of(CAROL, 'a.1')], { keep: 'mine' })).toBe('ben at a')
  expect(choose([of(null), of(ANNA, 'a.1')], { keep: 'theirs' })).toBe('nobody at a')
})

test('of several versions of others one is chosen by its device or by the name it shows at', () => {
  const versions = [of(CAROL), of(BEN, 'a.1'), of(ANNA, 'a.2')]
  expect(choose(versions, { keep: 'theirs', device: CAROL })).toContain(' at a')
  expect(choose(versions, { keep: 'theirs', target: 'a.1' })).toBe('ben at a.1')
  expect(choose(versions, { keep: 'mine', target: 'a.1' })).toBe('anna at a.2')
  expect(choose(versions, { keep: 'theirs' })).toMatch(
    /^usage: there are several versions of a: ben \(CarolCar\) wrote a, ben wrote a.1/,
  )
})

test('of several own versions the one that is named is meant', () => {
  const versions = [of(ANNA), of(ANNA, 'a.1')]
  expect(choose(versions, { keep: 'mine' })).toBe('anna at a')
  expect(choose(versions, { keep: 'mine', target: 'a.1' })).toBe('anna at a.1')
  expect(choose([of(BEN), of(ANNA, 'a.1'), of(ANNA, 'a.2')], { keep: 'mine' })).toMatch(/^usage: there are several versions/)
})

test('where this device wrote none, the choices are named by commands that can be typed', () => {
  expect(choose([of(BEN), of(CAROL, 'a.1')], { keep: 'mine' })).toBe(
    [
      'not-found: this device wrote no version of a: ben wrote a, ben (CarolCar) wrote a.1',
      `say which to keep: ${[
        "holdfast conflicts resolve 'my letters/a' --keep theirs --by ben",
        "holdfast conflicts resolve 'my letters/a' --keep theirs --by CarolCar",
        "holdfast conflicts resolve 'my letters/a' --keep both",
      ].join(', or ')}`,
    ].join('\n'),
  )
  expect(choose([of(BEN), of(ANNA, 'a.1')], { keep: 'theirs', device: CAROL })).toMatch(
    /^not-found: ben \(CarolCar\) wrote no version of a: ben wrote a, this device wrote a\.1/,
  )
})

test('two versions of one device are told apart by the names that they show at', () => {
  const versions = [of(BEN), of(BEN, 'a.1'), of(CAROL, 'a.2')]
  const said = choose(versions, { keep: 'theirs' })
  expect(said).toContain("holdfast conflicts resolve 'my letters/a' --keep theirs --by ben, or")
  expect(said).toContain("holdfast conflicts resolve 'my letters/a.1' --keep theirs, or")
  expect(choose(versions, { keep: 'theirs', device: BEN })).toBe('ben at a')
  expect(choose(versions, { keep: 'theirs', target: 'a.1' })).toBe('ben at a.1')
})
