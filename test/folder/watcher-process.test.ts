import { beforeEach, describe, expect, it } from 'vitest'
import { silentLogger, type ChildPort, type Spawner } from '#base'
import { openWatcher, type FolderWatcher } from '#folder'
import type { WatchReport, WatchRequest } from '../../src/folder/watch-protocol.ts'
import { HandClock } from '../base/hand-clock.ts'

class Child implements ChildPort {
  readonly requests: WatchRequest[] = []
  stopped = false
  report: (report: WatchReport) => void = () => undefined
  exit: (error: Error | undefined) => void = () => undefined
  post(request: unknown): void {
    this.requests.push(request as WatchRequest)
  }
  onMessage(listener: (message: unknown) => void): void {
    this.report = listener
  }
  onExit(listener: (error: Error | undefined) => void): void {
    this.exit = listener
  }
  stop(): Promise<void> {
    this.stopped = true
    return Promise.resolve()
  }
  /** The roots it was asked to watch, by number. */
  get asked(): number[] {
    return this.requests.map(({ id }) => id)
  }
}

let clock: HandClock
let children: Child[]
let warnings: unknown[]
let hints: Record<string, (readonly string[] | null)[]>
let watcher: FolderWatcher

beforeEach(() => {
  clock = new HandClock()
  children = []
  warnings = []
  hints = { one: [], two: [] }
  const spawner: Pick<Spawner, 'child'> = {
    child() {
      const child = new Child()
      children.push(child)
      return child
    },
  }
  const logger = { ...silentLogger, warn: (fields: unknown) => void warnings.push(fields) }
  watcher = openWatcher({ spawner: spawner as Spawner, clock, logger })
  for (const name of ['one', 'two']) watcher.watch(`/${name}`, (paths) => hints[name]!.push(paths))
  for (const id of [1, 2]) children[0]!.report({ is: 'watching', id })
  clock.pass(3_000)
})

describe('a worn process', () => {
  it('watches on until a new one watches all, and then nothing was missed', () => {
    const old = children[0]!
    old.report({ is: 'worn' })
    const fresh = children[1]!
    expect(fresh.asked).toEqual([1, 2])
    fresh.report({ is: 'watching', id: 1 })
    expect(old.stopped).toBe(false)
    old.report({ is: 'changed', id: 2, paths: ['dir'], directories: ['dir'], areGone: false })
    fresh.report({ is: 'watching', id: 2 })
    expect(old.stopped).toBe(true)
    clock.pass(3_000)
    expect(hints).toEqual({ one: [null], two: [null, ['dir']] })
    // The directory came before the watches were up, perhaps.
    expect(fresh.asked).toEqual([1, 2, 2])
  })

  it('that is replaced by one that is worn as well leaves a look at everything that neither watched', () => {
    children[0]!.report({ is: 'worn' })
    children[1]!.report({ is: 'watching', id: 1 })
    children[1]!.report({ is: 'worn' })
    expect(children.map(({ stopped }) => stopped)).toEqual([true, false, false])
    for (const id of [1, 2]) children[2]!.report({ is: 'watching', id })
    clock.pass(3_000)
    expect(children.map(({ stopped }) => stopped)).toEqual([true, true, false])
    expect(hints).toEqual({ one: [null], two: [null, null] })
  })

  it('that dies before the new one watches leaves a look at everything', () => {
    children[0]!.report({ is: 'worn' })
    children[1]!.report({ is: 'watching', id: 1 })
    children[0]!.exit(new Error('it crashed'))
    children[1]!.report({ is: 'watching', id: 2 })
    clock.pass(3_000)
    expect(children.length).toBe(2)
    expect(hints).toEqual({ one: [null], two: [null, null] })
  })

  it('is not replaced by one after the end', async () => {
    await watcher.close()
    children[0]!.report({ is: 'worn' })
    expect(children.length).toBe(1)
  })
})

describe('a root that cannot be watched', () => {
  it('is tried again in a process that has nothing left of the failure, then looked at as a whole, and the others go on', () => {
    children[0]!.report({ is: 'failed', id: 1, message: 'a directory has gone' })
    children[0]!.report({ is: 'worn' })
    expect(children[1]!.asked).toEqual([2])
    children[1]!.report({ is: 'watching', id: 2 })
    expect(children[0]!.stopped).toBe(true)
    clock.pass(1_000)
    expect(children[1]!.asked).toEqual([2, 1])
    children[1]!.report({ is: 'watching', id: 1 })
    clock.pass(3_000)
    expect(hints).toEqual({ one: [null, null], two: [null] })
    expect(warnings).toEqual([])
  })

  it('is logged as a warning once, when it goes on', () => {
    for (let time = 0; time < 5; time++) {
      children[0]!.report({ is: 'failed', id: 1, message: 'too many' })
      clock.pass(60_000)
    }
    expect(warnings).toEqual([{ root: '/one', error: 'too many' }])
    expect(children[0]!.asked.filter((id) => id === 1).length).toBe(6)
  })
})

describe('a root that is away', () => {
  it('is looked at, which tells its user, and asked for again when it is back, not before', () => {
    children[0]!.report({ is: 'altered', id: 1 })
    children[0]!.report({ is: 'away', id: 1 })
    clock.pass(600_000)
    expect(children[0]!.asked).toEqual([1, 2, 1])
    expect(hints).toEqual({ one: [null, null], two: [null] })
    children[0]!.report({ is: 'altered', id: 1 })
    children[0]!.report({ is: 'watching', id: 1 })
    clock.pass(3_000)
    expect(children[0]!.asked).toEqual([1, 2, 1, 1])
    expect(hints).toEqual({ one: [null, null, null], two: [null] })
    expect(warnings).toEqual([])
  })

  it('is waited for by a new process as well', () => {
    children[0]!.report({ is: 'altered', id: 1 })
    children[0]!.report({ is: 'away', id: 1 })
    children[0]!.report({ is: 'worn' })
    expect(children[1]!.asked).toEqual([1, 2])
    for (const is of ['away', 'altered', 'watching'] as const) children[1]!.report({ is, id: 1 })
    children[1]!.report({ is: 'watching', id: 2 })
    expect(children[0]!.stopped).toBe(true)
    clock.pass(3_000)
    expect(hints).toEqual({ one: [null, null], two: [null] })
  })
})
