import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageBy, type Ages } from '../../src/folder/archive-ages.ts'

const DAY = 86_400_000
const KEEP = 30 * DAY
const START = Date.UTC(2026, 0, 1)

/** A device with a clock that may be wrong, and an archive of which it is known when each file truly came. */
class Device {
  ages: Ages = { version: 1, marks: [], strays: {} }
  files: { name: string; path: string; time: number; size: number; came: number }[] = []
  now = START
  /** What its clock is ahead by. */
  skew = 0
  #asked: number | null = null

  archive(): string {
    const name = `f${this.now}-${this.files.length}`
    this.files.push({ name, path: name, time: this.now + this.skew, size: 0, came: this.now })
    return name
  }

  restart(): void {
    this.#asked = null
  }

  /** Drops what has expired; returns the ages that were dropped. */
  expire(): number[] {
    const elapsedMs = this.#asked === null ? 0 : this.now - this.#asked
    this.#asked = this.now
    const { ages, expired } = ageBy(this.ages, { wall: this.now + this.skew, elapsedMs, keepMs: KEEP }, this.files)
    this.ages = JSON.parse(JSON.stringify(ages)) as Ages
    const gone = this.files.filter((file) => expired.some(({ name }) => name === file.name))
    this.files = this.files.filter((file) => !gone.includes(file))
    return gone.map(({ came }) => this.now - came)
  }

  days(count: number): number[] {
    const dropped: number[] = []
    for (let day = 0; day < count; day++) {
      this.now += DAY
      dropped.push(...this.expire())
    }
    return dropped
  }
}

describe('what is in the archive', () => {
  it('is dropped after its time, and not before', () => {
    const device = new Device()
    device.expire()
    device.now += 1000
    device.archive()
    expect(device.days(30)).toEqual([])
    const [age] = device.days(2)
    expect(age).toBeGreaterThanOrEqual(KEEP)
    expect(device.files).toEqual([])
  })

  it('is kept when it came while the clock was years back', () => {
    const device = new Device()
    device.days(3)
    device.restart()
    for (const isSeen of [true, false]) {
      device.skew = -56 * 365 * DAY
      if (isSeen) device.expire()
      device.archive()
      device.skew = 0
      device.now += 60_000
      expect(device.expire()).toEqual([])
    }
    expect(device.days(29)).toEqual([])
    expect(device.days(3).length).toBe(2)
  })

  it('is kept when the clock is years ahead for a while', () => {
    const device = new Device()
    device.expire()
    for (let n = 0; n < 5; n++) {
      device.archive()
      expect(device.days(1)).toEqual([])
    }
    device.skew = 10 * 365 * DAY
    device.now += 60_000
    device.archive()
    device.restart()
    expect(device.expire()).toEqual([])
    device.skew = 0
    device.now += 60_000
    device.archive()
    expect(device.expire()).toEqual([])
    expect(device.days(20)).toEqual([])
    device.days(20)
    expect(device.files).toEqual([])
  })

  it('was there before anything was noted of it: kept for its time from then on', () => {
    const device = new Device()
    device.archive()
    device.now += 100 * DAY
    expect(device.expire()).toEqual([])
    expect(device.days(29)).toEqual([])
    expect(device.days(2).length).toBe(1)
  })

  it('goes in the end, and never before its time but for a day each time that the clock is set, whatever the clock does', () => {
    const act = fc.oneof(
      fc.constant('archive' as const),
      { arbitrary: fc.constant('day' as const), weight: 4 },
      fc.constant('expire' as const),
      fc.integer({ min: -60, max: 60 }).map((years) => ({ years })),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const device = new Device()
        device.expire()
        let changes = 0
        for (const each of acts) {
          device.now += 61_000
          let dropped: number[] = []
          if (each === 'archive') device.archive()
          else if (each === 'day') dropped = device.days(1)
          else if (each === 'expire') dropped = device.expire()
          else {
            device.skew = each.years * 365 * DAY
            changes++
            dropped = device.expire()
          }
          for (const age of dropped) expect(age).toBeGreaterThanOrEqual(KEEP - changes * DAY)
        }
        device.days(140)
        expect(device.files).toEqual([])
      }),
    )
  })
})
