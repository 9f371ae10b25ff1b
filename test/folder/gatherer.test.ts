import { beforeEach, describe, expect, it } from 'vitest'
import { Gatherer, widest } from '../../src/folder/gatherer.ts'
import { HandClock } from '../base/hand-clock.ts'

let clock: HandClock
let hints: (readonly string[] | null)[]
let gatherer: Gatherer

beforeEach(() => {
  clock = new HandClock()
  hints = []
  gatherer = new Gatherer(clock, (paths) => hints.push(paths))
})

describe('gathering hints', () => {
  it('passes a lone file on within a twentieth of a second', () => {
    gatherer.add(['a'])
    clock.pass(50)
    expect(hints).toEqual([['a']])
  })

  it('keeps a new directory until it is known what has moved into it', () => {
    gatherer.add(['new'], { isFirst: true })
    clock.pass(60)
    gatherer.add(['old', 'new/moved'])
    clock.pass(90)
    expect(hints).toEqual([])
    clock.pass(60)
    expect(hints).toEqual([['new', 'old']])
    gatherer.add(['next'])
    clock.pass(50)
    expect(hints.at(-1)).toEqual(['next'])
  })

  it('keeps the first deletions until more of them have come', () => {
    gatherer.add(['0'], { isFirst: true })
    clock.pass(60)
    gatherer.add(
      Array.from({ length: 30 }, (_, n) => `${n}`),
      { isFirst: true },
    )
    clock.pass(240)
    expect(hints).toEqual([])
    clock.pass(60)
    expect(hints).toHaveLength(1)
    expect(hints[0]).toHaveLength(30)
  })

  it('waits while the same few files go on changing, but not for ever', () => {
    for (let at = 0; at < 100; at++) {
      gatherer.add(['log'])
      clock.pass(20)
    }
    expect(hints.length).toBeGreaterThan(3)
    expect(hints.length).toBeLessThan(8)
  })

  it('waits longer in a burst, two seconds at most', () => {
    for (let at = 0; at < 100; at++) {
      gatherer.add(Array.from({ length: 30 }, (_, n) => `f${at * 30 + n}`))
      clock.pass(50)
      if (clock.time === 1_950) expect(hints).toEqual([])
    }
    expect(hints.length).toBe(2)
    clock.pass(1_000)
    expect(new Set(hints.flat()).size).toBe(3_000)
  })

  it('says "anywhere" when there are too many places, or one of the hints was', () => {
    gatherer.add(Array.from({ length: 5_000 }, (_, n) => `f${n}`))
    gatherer.add(['later'])
    clock.pass(2_000)
    gatherer.add(['x'])
    gatherer.add(null)
    clock.pass(2_000)
    gatherer.add(['y'])
    clock.pass(2_000)
    expect(hints).toEqual([null, null, ['y']])
  })

  it('leaves out what lies below another place, and is silent after the stop', () => {
    expect(widest(new Set(['a/b', 'a', 'ab', 'c/d/e', 'c/d']))).toEqual(['a', 'ab', 'c/d'])
    gatherer.add(['x'])
    gatherer.stop()
    clock.pass(5_000)
    expect(hints).toEqual([])
  })
})
