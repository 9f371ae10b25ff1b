import { describe, expect, test } from 'vitest'
import type { KeepItem } from '#db'
import { GoneContent, type GoneContentParts } from '#replication'
import { HandClock } from '../base/hand-clock.ts'

const MINUTE_MS = 60_000
const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]

/** `after` tries to keep a version every half minute, for some minutes: after how many it is found to be gone, or null. */
function made(parts: Partial<GoneContentParts> = {}, written = -60 * MINUTE_MS) {
  const clock = new HandClock()
  const gone = new GoneContent({
    clock,
    togetherSince: () => -Infinity,
    isClaimed: () => false,
    isFree: async () => true,
    ...parts,
  })
  const look = (nowhere: Uint8Array[], item: Partial<KeepItem> = {}): Promise<number | null> =>
    gone.missed({ record: 7, isHead: false, version: { hlc: written * 1024 }, ...item } as KeepItem, nowhere)
  const after = async (nowhere: Uint8Array[], minutes: number, item: Partial<KeepItem> = {}): Promise<number | null> => {
    for (let passed = 0; passed <= minutes; passed += 0.5) {
      if ((await look(nowhere, item)) !== null) return passed
      clock.pass(MINUTE_MS / 2)
    }
    return null
  }
  return { clock, look, after }
}

describe('a version of which content is nowhere', () => {
  test('is gone once that was so at each try of five minutes', async () => {
    expect(await made().after([one], 60)).toBe(5)
  })

  test('is gone at the second of two tries that lie so far apart, and not at the first', async () => {
    const { clock, look } = made()
    clock.pass(60 * MINUTE_MS)
    expect(await look([one])).toBeNull()
    clock.pass(5 * MINUTE_MS)
    expect(await look([one])).toBe(3 * MINUTE_MS)
  })

  test('does not count as kept before its author has had the time to find the same', async () => {
    for (const [written, untold] of [
      [0, 12],
      [-4 * MINUTE_MS, 8],
      [-60 * MINUTE_MS, 3],
      // By a clock that is ahead.
      [60 * MINUTE_MS, 17],
    ] as const) {
      const { clock, look } = made({}, written)
      expect(await look([one])).toBeNull()
      clock.pass(5 * MINUTE_MS)
      expect(await look([one])).toBe(untold * MINUTE_MS)
    }
  })

  test('is not gone where it is current, pinned, or all of it was found', async () => {
    expect(await made().after([one], 60, { isHead: true })).toBeNull()
    expect(await made({ isFree: async () => false }).after([one], 60)).toBeNull()
    expect(await made().after([], 60)).toBeNull()
  })

  test('is waited for anew when it was found meanwhile, and something else of it is missed', async () => {
    const { after, look } = made()
    expect(await after([one, other], 4)).toBeNull()
    expect(await look([])).toBeNull()
    expect(await after([one], 4)).toBeNull()
    expect(await after([other], 60)).toBe(5)
  })

  test('goes by a chunk that stays missing, whatever else comes and goes', async () => {
    const { after } = made()
    expect(await after([one, other], 3)).toBeNull()
    expect(await after([other, one], 60)).toBe(1.5)
  })

  test('waits for five minutes in which all that could have it are connected', async () => {
    let since: number | null = null
    const { clock, after } = made({ togetherSince: () => since })
    expect(await after([one], 30)).toBeNull()
    since = clock.monotonic()
    expect(await after([one], 4)).toBeNull()
    since = null
    expect(await after([one], 0)).toBeNull()
    since = clock.monotonic() - 60 * MINUTE_MS
    expect(await after([one], 60)).toBe(5)
  })

  test('is waited for from when the last of these came back, however long it has been missed', async () => {
    let since = -Infinity
    const { clock, after } = made({ togetherSince: () => since })
    expect(await after([one], 4)).toBeNull()
    since = clock.monotonic()
    expect(await after([one], 60)).toBe(5)
  })

  test('is waited for longer where a device says that it has kept it, and then counts as kept at once', async () => {
    const { clock, look } = made({ isClaimed: () => true })
    expect(await look([one])).toBeNull()
    clock.pass(20 * MINUTE_MS)
    expect(await look([one])).toBe(0)
    expect(await made({ isClaimed: () => true }).after([one], 60)).toBe(20)
    expect(await made({ isClaimed: (_, chunk) => chunk === other }).after([one], 60)).toBe(5)
  })
})
