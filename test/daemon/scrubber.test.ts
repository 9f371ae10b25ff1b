import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { silentLogger, systemClock, systemRandom } from '#base'
import type { DamagedChunks, FolderSealing, ThreadedStore } from '#store'
import { HandClock } from '../base/hand-clock.ts'
import { StoreHost } from '../../src/daemon/store-host.ts'
import type { Mender } from '../../src/daemon/mender.ts'
import { Scrubber, type ScrubberParts, type ScrubProgress } from '../../src/daemon/scrubber.ts'
import { newChunk, newSealing, temporaryDirectory } from '../store/subjects.ts'
import { calls, watch, type Watched } from './store-calls.ts'

const DAY = 24 * 60 * 60_000
/** More than one step takes. */
const BLOCKS = 300

let clock: HandClock
let settings: Map<string, string>
let store: ThreadedStore
let watched: Watched
let sealing: FolderSealing
let heals: { found: number; all: boolean }[]
let told: ScrubProgress[]
let days: number
let isBusy: boolean

beforeEach(async () => {
  clock = new HandClock()
  clock.skew = 1_700_000_000_000
  ;[settings, heals, told, days, isBusy] = [new Map(), [], [], 30, false]
  const host = new StoreHost({ directory: temporaryDirectory(), clock: systemClock, random: systemRandom })
  onTestFinished(() => host.close())
  sealing = newSealing()
  watched = watch(calls(host))
  store = watched.calls as unknown as ThreadedStore
  await store.seal(
    sealing,
    Array.from({ length: BLOCKS }, () => newChunk(sealing, 100)),
  )
})

function start(parts: Partial<ScrubberParts> = {}): Scrubber {
  const scrubber = new Scrubber({
    blocks: store,
    mender: {
      collect: () => undefined,
      collected: () => undefined,
      lostSegments: () => undefined,
      heal: async (found: readonly DamagedChunks[], all: boolean) => {
        heals.push({ found: found.length, all })
        return { damaged: 0, healed: 0, unneeded: 0, inFiles: 0, waiting: 0 }
      },
    } as unknown as Mender,
    sealings: () => [sealing],
    store: {
      setting: async (key: string) => settings.get(key) ?? null,
      putSetting: async (key: string, value: string) => void settings.set(key, value),
    } as unknown as ScrubberParts['store'],
    clock,
    logger: silentLogger,
    days: () => days,
    isBusy: () => isBusy,
    progress: (now) => told.push(now),
    ...parts,
  })
  scrubber.start()
  onTestFinished(() => scrubber.stop())
  return scrubber
}

/** Time passes, in steps, and what is done meanwhile gets its turns. */
async function pass(ms: number, steps = 50): Promise<void> {
  for (let step = 0; step < steps; step++) {
    clock.pass(ms / steps)
    await watched.quiet()
  }
}

test('a pass is due after so many days, and again after as many; never where these are none', async () => {
  start()
  await pass(29 * DAY)
  expect(heals).toEqual([])
  await pass(2 * DAY)
  expect(heals).toEqual([{ found: 0, all: true }])
  expect(told.at(-1)).toEqual({ checked: BLOCKS, blocks: BLOCKS, damaged: 0 })
  await pass(29 * DAY)
  expect(heals.length).toBe(1)
  await pass(2 * DAY)
  expect(heals.length).toBe(2)
  days = 0
  await pass(100 * DAY)
  expect(heals.length).toBe(2)
})

test('a pass that did not end goes on by itself, from where it was', async () => {
  let steps = 0
  const broken: ThreadedStore = {
    ...wrapped(),
    inspect: (part) => (steps++ === 1 ? Promise.reject(new Error('the power failed')) : store.inspect(part)),
  }
  const first = start({ blocks: broken })
  await expect(asked(first)).rejects.toThrow('the power failed')
  expect(JSON.parse(settings.get('scrub')!)).toMatchObject({ checked: 128, begun: expect.any(Number) })
  await first.stop()
  told = []
  start()
  await pass(10 * 60_000)
  expect(told.map(({ checked }) => checked)).toEqual([256, 300])
  expect(JSON.parse(settings.get('scrub')!)).toMatchObject({ begun: null })
})

test('who asks for a scrub goes on with one of today, and begins anew where the last one was long ago', async () => {
  const pass1 = { ended: 0, begun: clock.now() - 1_000, after: 'ff'.repeat(32), checked: 290 }
  settings.set('scrub', JSON.stringify(pass1))
  const scrubber = start()
  expect(await asked(scrubber)).toMatchObject({ checked: 290 })
  settings.set('scrub', JSON.stringify({ ...pass1, begun: clock.now() - 2 * DAY }))
  expect(await asked(scrubber)).toMatchObject({ checked: BLOCKS })
})

test('of some of the blocks nothing is kept, and not all that is kept is looked at', async () => {
  const scrubber = start()
  const { checked } = await asked(scrubber, 0.5)
  expect(checked).toBeGreaterThan(50)
  expect(checked).toBeLessThan(250)
  expect(heals).toEqual([{ found: 0, all: false }])
  expect(settings.get('scrub')).toBeUndefined()
})

test('only one is asked for at a time; one that nobody asked for gives way; a stop ends it', async () => {
  days = 1
  settings.set('scrub', JSON.stringify({ ended: 0, begun: clock.now(), after: '', checked: 0 }))
  // It rests longer than a step took: no step takes any time by this clock unless it is made to.
  const slow: ThreadedStore = { ...wrapped(), inspect: (part) => (clock.block(1_000), store.inspect(part)) }
  const scrubber = start({ blocks: slow })
  await pass(61_000, 3)
  expect(told.length).toBe(1)
  expect(await asked(scrubber)).toMatchObject({ checked: BLOCKS })
  expect(heals).toEqual([{ found: 0, all: true }])
  const leaver = new AbortController()
  const left = scrubber.scrub(1, leaver.signal)
  await expect(scrubber.scrub(1, leaver.signal)).rejects.toMatchObject({ code: 'exists' })
  leaver.abort(new Error('the user went'))
  await expect(left).rejects.toThrow('the user went')
})

test('it rests in proportion to what it does, and longer while sync is at work', async () => {
  const slow: ThreadedStore = { ...wrapped(), inspect: (part) => (clock.block(1_000), store.inspect(part)) }
  const scrubber = start({ blocks: slow })
  const took = async (): Promise<number> => {
    const before = clock.time
    await asked(scrubber)
    return clock.time - before
  }
  const idle = await took()
  isBusy = true
  expect(await took()).toBeGreaterThan(3 * idle)
})

/** The store's calls as an object's own. */
function wrapped(): ThreadedStore {
  const names = [
    'totals',
    'fault',
    'inspect',
    'inspectSegments',
    'dropSegments',
    'orphans',
    'condemn',
    'adopt',
    'rebuild',
  ] as const
  return Object.fromEntries(names.map((name) => [name, store[name]])) as unknown as ThreadedStore
}

/** A scrub, with the time that it needs. */
async function asked(scrubber: Scrubber, part = 1): ReturnType<Scrubber['scrub']> {
  let isDone = false
  const result = scrubber.scrub(part, new AbortController().signal).finally(() => (isDone = true))
  result.catch(() => undefined)
  while (!isDone) await pass(20, 1)
  return result
}
