import { beforeEach, describe, expect, it } from 'vitest'
import { REST_MS, RunningDeletions } from '../../src/sync/running-deletions.ts'
import { HandClock } from '../base/hand-clock.ts'

let clock: HandClock
let running: RunningDeletions

beforeEach(() => {
  clock = new HandClock()
  running = new RunningDeletions(clock)
})

/** A look that finds the files from one number up to another missing. */
function waits(from: number, to: number): boolean {
  const gone = Array.from({ length: to - from }, (_, n) => `${from + n}`)
  return running.waits(gone, gone.length, clock.monotonic())
}

describe('deletions', () => {
  it('are judged at once while they are few', () => {
    expect(waits(0, 25)).toBe(false)
    clock.pass(REST_MS)
    expect(waits(25, 50)).toBe(false)
  })

  it('wait, when they are many, until a look finds no more of them', () => {
    expect(waits(0, 30)).toBe(true)
    clock.pass(REST_MS - 1)
    expect(waits(0, 30)).toBe(true)
    clock.pass(1)
    expect(waits(0, 30)).toBe(false)
  })

  it('wait on as long as more come', () => {
    for (let second = 1; second <= 60; second++) {
      expect(waits(0, 30 * second)).toBe(true)
      clock.pass(1_000)
    }
    clock.pass(REST_MS - 1_001)
    expect(waits(0, 30 * 60)).toBe(true)
    clock.pass(1)
    expect(waits(0, 30 * 60)).toBe(false)
  })

  it('wait also when they come few by few', () => {
    expect(waits(0, 20)).toBe(false)
    clock.pass(1_000)
    expect(waits(20, 30)).toBe(true)
    clock.pass(REST_MS)
    expect(waits(20, 30)).toBe(false)
  })

  it('wait on when a look was late and found still more', () => {
    expect(waits(0, 30)).toBe(true)
    clock.pass(2 * REST_MS)
    expect(waits(0, 40)).toBe(true)
  })

  it('are not at rest for a look that began long ago', () => {
    expect(waits(0, 30)).toBe(true)
    const looked = clock.monotonic()
    clock.pass(REST_MS)
    expect(running.waits(['0'], 1, looked)).toBe(true)
  })

  it('that never come to rest wait a minute and a half', () => {
    const judged: number[] = []
    let from = 0
    for (let second = 0; second < 200; second++) {
      if (!waits(from, 30 * (second + 1))) {
        judged.push(second)
        from = 30 * (second + 1)
      }
      clock.pass(1_000)
    }
    expect(judged).toEqual([90, 181])
  })

  it('wait again, after they were judged, when as many others come', () => {
    expect(waits(0, 30)).toBe(true)
    running.end()
    expect(waits(30, 60)).toBe(true)
    clock.pass(REST_MS)
    expect(waits(30, 60)).toBe(false)
    expect(waits(60, 90)).toBe(true)
  })

  it('are forgotten when the entries are back', () => {
    expect(waits(0, 30)).toBe(true)
    clock.pass(REST_MS)
    expect(waits(0, 0)).toBe(false)
    expect(waits(0, 30)).toBe(true)
  })
})

it('what has only moved does not wait, nor what was missing until it was found elsewhere', () => {
  expect(waits(0, 30)).toBe(true)
  expect(running.waits(['old', 'old/deep'], 0, clock.monotonic())).toBe(false)
})
