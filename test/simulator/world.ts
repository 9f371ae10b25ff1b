import { createHash } from 'node:crypto'
import type { Clock, Timer } from '#base'

/** What the simulated wall clocks show at the beginning: 2026-01-01 00:00 UTC, ms. */
const EPOCH = Date.UTC(2026, 0, 1)

/** Events that one turn of the event loop sees. */
const STEPS_A_TURN = 64

interface Event {
  at: number
  serial: number
  run: (() => void) | null
}

/**
 * Simulated time. Whatever is to happen waits in one queue, in order of time and then of asking; between two events all promises
 * that can go on do so. So a run depends on nothing but what it was given.
 */
export class World {
  readonly trace = new Trace()
  #now = 0
  #serial = 0
  readonly #heap: Event[] = []

  /** ms since the beginning. */
  get now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): Timer {
    const event: Event = { at: this.#now + Math.max(0, ms), serial: this.#serial++, run }
    push(this.#heap, event)
    return {
      cancel() {
        event.run = null
      },
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** Lets things happen until `done` holds or the time `end` has come; true when `done` held. Checked between events. */
  run(end: number, done: () => boolean = () => false): Promise<boolean> {
    return new Promise((resolve, reject) => {
      betweenMicrotasks(() => {
        try {
          if (done()) resolve(true)
          else if (this.#step(end)) return true
          else resolve(done())
        } catch (error) {
          reject(error)
        }
        return false
      })
    })
  }

  /** Lets the next thing happen that is due by `end`; false where there is none, and it is `end` then. */
  #step(end: number): boolean {
    const next = this.#next()
    if (next === undefined || next.at > end) {
      this.#now = Math.max(this.#now, end)
      return false
    }
    pop(this.#heap)
    this.#now = next.at
    const { run } = next
    next.run = null
    run?.()
    return true
  }

  #next(): Event | undefined {
    while (this.#heap[0]?.run === null) pop(this.#heap)
    return this.#heap[0]
  }
}

/** Characters of a trace that are hashed at once. */
const UNHASHED = 32_768

/** What happened, in order, as lines and as one hash over them. */
export class Trace {
  readonly #hash = createHash('sha256')
  /** Not hashed yet: lines are many, and short. */
  #unhashed = ''
  #listener: ((line: string) => void) | null = null
  lines = 0

  note(line: string): void {
    this.lines++
    this.#unhashed += `${line}\n`
    if (this.#unhashed.length > UNHASHED) this.#update()
    this.#listener?.(line)
  }

  listen(listener: (line: string) => void): void {
    this.#listener = listener
  }

  /** 16 hex digits over all lines so far. */
  get hash(): string {
    this.#update()
    return this.#hash.copy().digest('hex').slice(0, 16)
  }

  #update(): void {
    this.#hash.update(this.#unhashed)
    this.#unhashed = ''
  }
}

/** A device's clocks: the wall clock can be set wrong, the monotonic one not; timers of a dead device never ring. */
export class DeviceClock implements Clock {
  readonly #world: World
  readonly #isAlive: () => boolean
  /** ms by which the wall clock is ahead. */
  offset: () => number

  constructor(world: World, offset: () => number, isAlive: () => boolean) {
    this.#world = world
    this.offset = offset
    this.#isAlive = isAlive
  }

  now(): number {
    return EPOCH + Math.floor(this.#world.now) + this.offset()
  }

  monotonic(): number {
    return this.#world.now
  }

  after(ms: number, run: () => void): Timer {
    return this.#world.after(ms, () => {
      if (this.#isAlive()) run()
    })
  }
}

/**
 * Calls `step` until it returns false, each time when no promise can go on without it: everything in the simulation continues by microtasks
 * alone. Many calls wait for one turn of the event loop, since one for each would take longer than most steps; Node runs all microtasks
 * between two of them, too.
 */
function betweenMicrotasks(step: () => boolean): void {
  const turn: NodeJS.Immediate[] = []
  let ended = false
  const call = (): void => {
    if (ended || step()) return
    ended = true
    for (const each of turn) clearImmediate(each)
  }
  const take = (): void => {
    call()
    if (!ended) fill()
  }
  const fill = (): void => {
    turn.length = 0
    for (let count = 1; count < STEPS_A_TURN; count++) turn.push(setImmediate(call))
    turn.push(setImmediate(take))
  }
  fill()
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.serial < b.serial)
}

function push(heap: Event[], event: Event): void {
  let at = heap.push(event) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!before(event, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = event
}

function pop(heap: Event[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
    if (!before(heap[child]!, last)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
}
