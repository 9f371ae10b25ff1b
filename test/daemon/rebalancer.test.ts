import { beforeEach, expect, test } from 'vitest'
import type { ApiEvent } from '#api/contract'
import { HoldfastError, silentLogger } from '#base'
import type { DeviceId } from '#model'
import { HandClock } from '../base/hand-clock.ts'
import { Haste } from '../../src/daemon/haste.ts'
import { Rebalancer } from '../../src/daemon/rebalancer.ts'

const [ANNA, BEN, NAS] = ['anna', 'ben', 'nas'] as DeviceId[] as [DeviceId, DeviceId, DeviceId]
const ANY = new AbortController().signal
const FOUND = { folder: 'held-1', ids: new Uint8Array(32) }
const LACKED = { device: NAS, missing: 2, repaired: 1 }

/** A folder of 10 versions: who lacks how many, and what comes of it when it is brought. */
class Folder {
  readonly haste = new Haste()
  readonly isKept = true
  keeps = true
  /** In turn: whether holders were to be asked for everything again, and whether somebody waited. */
  readonly calls: { isAnew: boolean; isAwaited: boolean }[] = []
  lacks = new Map<DeviceId, number>()
  obstacles: { device: DeviceId; obstacle: 'full' | 'refused' | 'lies' }[] = []
  /** Devices that bring by themselves what they lack. */
  keepers: DeviceId[] = [BEN]
  counting = 0
  bring: () => void | Promise<void> = () => undefined

  readonly holders = this.#holders()
  readonly replicas = this.#replicas()

  async bringAll(isAnew: boolean): Promise<void> {
    this.calls.push({ isAnew, isAwaited: this.haste.isAwaited() })
    await this.bring()
  }

  async lacking(): Promise<{ device: DeviceId; records: number }[]> {
    return [...this.lacks].filter(([, records]) => records > 0).map(([device, records]) => ({ device, records }))
  }

  #holders(): object {
    const obstacles = (): Folder['obstacles'] => this.obstacles
    return {
      isKeeper: (device: DeviceId) => this.keepers.includes(device),
      get obstacles() {
        return obstacles()
      },
    }
  }

  #replicas(): object {
    const counts = { begin: () => void this.counting++, end: () => void this.counting--, counts: [LACKED] }
    return {
      count: 1,
      counts,
      isBringingTo: (device: DeviceId) => !this.obstacles.some((each) => each.device === device),
    }
  }
}

let clock: HandClock
let folder: Folder
let connected: DeviceId[]
let events: ApiEvent[]
let hurried: number
let healed: boolean[]
/** Damaged pieces in the store here, by folder, of which others bring one every second. */
let unhealed: Map<string, number>
let rebalancer: Rebalancer

beforeEach(() => {
  clock = new HandClock()
  folder = new Folder()
  connected = [BEN, NAS]
  ;[events, hurried, healed, unhealed] = [[], 0, [], new Map()]
  const context = {
    registry: {
      folders: [
        { stored: { name: 'photos' }, keeping: folder, index: { records: async () => 10 } },
        { stored: { name: 'my music' }, keeping: null, index: null },
      ],
      lacks: (id: string) => id.startsWith('held'),
    },
    network: { group: { device: ANNA, state: { folders: [] } }, peers: () => connected.map((device) => ({ device })) },
    membership: { called: () => (device: DeviceId) => device, reference: (device: DeviceId) => device },
    layout: { hurry: () => void hurried++, current: { counter: 7 } },
    blocks: { missing: async () => ({ checked: 12, suspects: new Uint8Array(32), next: null }), condemn: async () => [FOUND] },
    mender: {
      collect: () => undefined,
      collected: () => undefined,
      heal: async (found: unknown[], all: boolean) => {
        healed.push(all)
        if (all) expect(found).toEqual([FOUND])
        const waiting = [...unhealed.values()].reduce((sum, pieces) => sum + pieces, 0)
        return { damaged: 3, healed: 3 - waiting, unneeded: 0, waiting }
      },
      get unhealed() {
        return unhealed
      },
    },
    housekeeping: { run: async () => ({ bytes: 3, waitingBytes: 5, elsewhere: [{ bytes: 20 }] }) },
    clock,
    logger: silentLogger,
    announce: (event: ApiEvent) => events.push(event),
  }
  rebalancer = new Rebalancer(context as unknown as ConstructorParameters<typeof Rebalancer>[0])
})

/** Lets time pass until it has ended; the ms that it took. */
async function ended(work: Promise<unknown>): Promise<number> {
  const began = clock.monotonic()
  let isOver = false
  work.then(
    () => (isOver = true),
    () => (isOver = true),
  )
  for (let turn = 0; !isOver && turn < 1_000; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (!isOver) clock.pass(100)
  }
  return clock.monotonic() - began
}

function notes(of: { notes: { folder: string; reasonCode: string }[] }): string[] {
  return of.notes.filter(({ folder: name }) => name === 'photos').map(({ reasonCode }) => reasonCode)
}

test('brings all at once, waits for devices that bring to themselves, and then for what waited for them', async () => {
  folder.lacks = new Map([
    [ANNA, 4],
    [BEN, 3],
  ])
  folder.bring = () => {
    folder.haste.tally.bytes += 100
    // This one's part waits until ben has it.
    if (folder.lacks.get(BEN) === 0) folder.lacks.set(ANNA, 0)
  }
  clock.after(5_000, () => folder.lacks.set(BEN, 1))
  clock.after(50_000, () => folder.lacks.set(BEN, 0))
  const running = rebalancer.rebalance(ANY)
  const took = await ended(running)
  const result = await running
  expect(took).toBeGreaterThanOrEqual(50_000)
  expect(took).toBeLessThan(52_000)
  expect([hurried, result.epoch, notes(result)]).toEqual([1, 7, []])
  expect(result.movedBytes).toBe(100 * folder.calls.length)
  expect([result.freedBytes, result.waitingBytes]).toEqual([3, 25])
  expect(folder.calls.every(({ isAnew, isAwaited }) => !isAnew && isAwaited)).toBe(true)
  expect(folder.haste.isAwaited()).toBe(false)
  const progress = events.flatMap((event) => (event.event === 'progress' ? [event.data] : []))
  expect(progress.at(-1)).toEqual({ command: 'rebalance', done: 7, total: 7, unit: 'versions' })
})

test('says of each device that lacks something why, and what to do; of folders that are not open, too', async () => {
  folder.lacks = new Map([
    [ANNA, 1],
    [NAS, 2],
  ])
  folder.obstacles = [{ device: NAS, obstacle: 'full' }]
  const first = rebalancer.rebalance(ANY)
  expect(await ended(first)).toBeLessThan(2_000)
  expect((await first).notes).toEqual([
    {
      folder: 'my music',
      reasonCode: 'closed',
      message: 'it is not open',
      hint: "holdfast folder problems 'my music' tells more",
    },
    {
      folder: 'photos',
      reasonCode: 'nowhere',
      message: '1 version is not kept by this device yet, for no device that is connected has all of their content',
      hint: expect.stringContaining('connect'),
      values: { versions: 1, own: 'yes', device: '' },
    },
    {
      folder: 'photos',
      reasonCode: 'full',
      message: 'up to 2 versions are not kept by nas yet, for its pledge, or its disk, is full',
      hint: expect.stringContaining('on nas: holdfast config set pledge SIZE; or the same on another device'),
      values: { versions: 2, own: 'no', device: 'nas' },
    },
  ])
  connected = []
  const second = rebalancer.rebalance(ANY)
  await ended(second)
  expect(notes(await second)).toEqual(['nowhere', 'away'])
})

test('does not wait for ever for a device that says nothing new', async () => {
  folder.lacks = new Map([[BEN, 3]])
  const running = rebalancer.rebalance(ANY)
  const took = await ended(running)
  expect(took).toBeGreaterThan(59_000)
  expect(took).toBeLessThan(70_000)
  expect(notes(await running)).toEqual(['silent'])
})

test('repair looks at everything first, then asks the holders for everything again, once', async () => {
  folder.lacks = new Map([[NAS, 2]])
  folder.haste.tally.checked = 1_000
  folder.bring = () => {
    folder.haste.tally.checked += 5
    folder.haste.tally.copies++
    folder.lacks.set(NAS, 2 - folder.calls.length)
  }
  const running = rebalancer.repair(ANY)
  await ended(running)
  expect(healed).toEqual([true, false])
  expect(folder.calls.map(({ isAnew }) => isAnew)).toEqual([false, true])
  expect(await running).toMatchObject({ checked: 10, repaired: 2, lacking: 0, files: 12, damaged: 3, healed: 3, waiting: 0 })
  expect((await running).elsewhere).toEqual([{ folder: 'photos', ...LACKED }])
  expect([hurried, folder.counting]).toEqual([0, 0])
})

test('repair waits for what others bring again of that which is held for them, as long as they do, and says what is left', async () => {
  unhealed.set('held-1', 3)
  clock.after(10_000, () => unhealed.set('held-1', 2))
  clock.after(25_000, () => unhealed.set('held-1', 1))
  const running = rebalancer.repair(ANY)
  const took = await ended(running)
  expect(took).toBeGreaterThanOrEqual(84_000)
  expect(took).toBeLessThan(95_000)
  const result = await running
  expect(result).toMatchObject({ damaged: 3, healed: 2, waiting: 1 })
  expect(result.notes.find(({ folder: name }) => name === 'held-1')).toMatchObject({
    reasonCode: 'damaged',
    message: '1 piece that this device holds for others is damaged or gone here, and nobody has brought it again yet',
  })
  connected = []
  const alone = rebalancer.repair(ANY)
  expect(await ended(alone)).toBeLessThan(2_000)
  expect((await alone).waiting).toBe(1)
})

test('runs once at a time, ends when its caller has gone, and can be run again then', async () => {
  folder.bring = () => new Promise(() => undefined)
  const gone = new AbortController()
  const running = rebalancer.rebalance(gone.signal)
  await expect(rebalancer.repair(ANY)).rejects.toMatchObject({ code: 'exists' })
  clock.after(1_000, () => gone.abort(new HoldfastError('offline', 'the caller has gone')))
  await ended(running)
  await expect(running).rejects.toMatchObject({ code: 'offline' })
  expect(folder.haste.isAwaited()).toBe(false)
  folder.bring = () => undefined
  const again = rebalancer.rebalance(ANY)
  await ended(again)
  expect(notes(await again)).toEqual([])
})

test('a folder that fails is told of, and not tried over and over', async () => {
  folder.lacks = new Map([[ANNA, 2]])
  folder.bring = () => {
    throw new HoldfastError('full', 'the disk of the home is nearly full')
  }
  const running = rebalancer.rebalance(ANY)
  await ended(running)
  expect((await running).notes).toContainEqual(
    expect.objectContaining({ folder: 'photos', reasonCode: 'failed', message: 'the disk of the home is nearly full' }),
  )
  expect(folder.calls).toHaveLength(1)
})
