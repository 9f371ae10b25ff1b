import { describe, expect, test } from 'vitest'
import type { KeepItem } from '#db'
import { GoneContent, type GoneContentParts } from '#replication'
import { HandClock } from '../base/hand-clock.ts'

const MINUTE_MS = 60_000
const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]

/** `after` tries to keep a version every half minute, for some minutes: after how many it is found to be gone, or null. */
function made(parts: Partial<GoneContentParts> = {}) {
  const clock = new HandClock()
  const gone = new GoneContent({
    clock,
    areTogether: () => true,
    isQuiet: () => true,
    isFree: async () => true,
    isHere: async () => false,
    ...parts,
  })
  const look = (nowhere: Uint8Array[], more: Partial<KeepItem> = {}): Promise<boolean> => {
    const item = { record: 7, isHead: false, isForgotten: false, version: {}, ...more } as KeepItem
    return gone.missed(item, gone.before([item])[0]!, nowhere)
  }
  const after = async (nowhere: Uint8Array[], minutes: number, item: Partial<KeepItem> = {}): Promise<number | null> => {
    for (let passed = 0; passed <= minutes; passed += 0.5) {
      if (await look(nowhere, item)) return passed
      clock.pass(MINUTE_MS / 2)
    }
    return null
  }
  return { clock, look, after }
}

describe('a version of which content is nowhere', () => {
  test('is gone at once where all that could have it are at rest', async () => {
    expect(await made().after([one], 60)).toBe(0)
  })

  test('is gone after five minutes of tries where one is not', async () => {
    expect(await made({ isQuiet: () => false }).after([one], 60)).toBe(5)
  })

  test('goes by how things were before it was asked for', async () => {
    let isQuiet = false
    const { look } = made({ isQuiet: () => isQuiet })
    const asked = look([one])
    isQuiet = true
    expect(await asked).toBe(false)
    expect(await look([one])).toBe(true)
  })

  test('is not gone where it is current, forgotten already, or all of it was found', async () => {
    expect(await made().after([one], 60, { isHead: true })).toBeNull()
    expect(await made().after([one], 60, { isForgotten: true })).toBeNull()
    expect(await made().after([], 60)).toBeNull()
  })

  test('is not gone where this device has got a file with it meanwhile', async () => {
    expect(await made({ isHere: async (chunk) => chunk === one }).after([one], 60)).toBeNull()
    expect(await made({ isHere: async (chunk) => chunk === one }).after([other], 60)).toBe(0)
  })

  test('is not given up where it is pinned, unless all are at rest', async () => {
    const isFree = async () => false
    expect(await made({ isFree, isQuiet: () => false }).after([one], 60)).toBeNull()
    expect(await made({ isFree }).after([one], 60)).toBe(0)
  })

  test('is waited for anew when it was found meanwhile, and something else of it is missed', async () => {
    const { after, look } = made({ isQuiet: () => false })
    expect(await after([one, other], 4)).toBeNull()
    expect(await look([])).toBe(false)
    expect(await after([one], 4)).toBeNull()
    expect(await after([other], 60)).toBe(5)
  })

  test('goes by a chunk that stays missing, whatever else comes and goes', async () => {
    const { after } = made({ isQuiet: () => false })
    expect(await after([one, other], 3)).toBeNull()
    expect(await after([other, one], 60)).toBe(1.5)
  })

  test('is not gone while one that could have it is away, and waited for anew then', async () => {
    let areTogether = false
    const { after } = made({ areTogether: () => areTogether })
    expect(await after([one], 30)).toBeNull()
    areTogether = true
    expect(await after([one], 0)).toBe(0)
    const busy = made({ areTogether: () => areTogether, isQuiet: () => false })
    expect(await busy.after([one], 4)).toBeNull()
    areTogether = false
    expect(await busy.after([one], 0)).toBeNull()
    areTogether = true
    expect(await busy.after([one], 60)).toBe(5)
  })
})
