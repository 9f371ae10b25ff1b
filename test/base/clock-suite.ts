import { beforeEach, describe, expect, it } from 'vitest'
import type { Clock, Timer } from '#base'

/** A clock, and how time passes on it. */
export interface ClockSubject {
  clock: Clock
  /** Lets at least `ms` pass, and what is due then ring. */
  pass(ms: number): Promise<void> | void
}

/** What a Clock promises (see there), for every one that there is. */
export function clockSuite(name: string, open: () => ClockSubject): void {
  describe(`the clock ${name}`, () => {
    let clock: Clock
    let pass: ClockSubject['pass']
    let rung: string[]

    beforeEach(() => {
      ;({ clock, pass } = open())
      rung = []
    })

    function ring(what: string, ms: number): Timer {
      return clock.after(ms, () => rung.push(what))
    }

    it('goes on with the time, and never back', async () => {
      const [wall, running] = [clock.now(), clock.monotonic()]
      let last = running
      for (let at = 0; at < 20; at++) {
        await pass(1)
        expect(clock.monotonic()).toBeGreaterThanOrEqual(last)
        last = clock.monotonic()
      }
      expect(last - running).toBeGreaterThanOrEqual(20)
      expect(clock.now() - wall).toBeGreaterThanOrEqual(19)
    })

    it('rings once, and never before the time has passed', async () => {
      const early: string[] = []
      const lengths = [0, 0.5, 1, 1.75, 3, 4.5]
      for (let round = 0; round < 20; round++) {
        await pass(1)
        for (const ms of lengths) {
          const start = clock.monotonic()
          clock.after(ms, () => {
            rung.push(`${ms}`)
            const passed = clock.monotonic() - start
            if (passed < ms) early.push(`${passed} of ${ms} ms`)
          })
        }
        await pass(8)
      }
      await pass(20)
      expect(early).toEqual([])
      expect(rung).toHaveLength(20 * lengths.length)
    })

    it('rings in the order of the times, and of asking where these are the same', async () => {
      ring('third', 30)
      ring('first', 10)
      ring('second', 20)
      ring('first again', 10)
      await pass(60)
      expect(rung).toEqual(['first', 'first again', 'second', 'third'])
    })

    it.each([0, -5])('rings for a time of %d ms, but not within the call', async (ms) => {
      ring('now', ms)
      expect(rung).toEqual([])
      await pass(10)
      expect(rung).toEqual(['now'])
    })

    it('sets a timer from within another one', async () => {
      clock.after(5, () => {
        rung.push('first')
        ring('second', 0)
        expect(rung).toEqual(['first'])
      })
      await pass(40)
      expect(rung).toEqual(['first', 'second'])
    })

    it('does not ring once it is cancelled, not even when its time has come', async () => {
      ring('cancelled', 5).cancel()
      const others: Timer[] = []
      clock.after(10, () => {
        rung.push('first')
        others[0]!.cancel()
        others[0]!.cancel()
      })
      others.push(ring('second', 10), ring('third', 10))
      await pass(40)
      others[1]!.cancel()
      await pass(20)
      expect(rung).toEqual(['first', 'third'])
    })
  })
}
