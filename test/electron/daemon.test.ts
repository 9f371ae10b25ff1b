import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Daemon } from '../../electron/daemon.ts'
import { watch } from '../../renderer/shell/watch.ts'
import { started } from './fake-utility.ts'

/** Answers at a socket until it is told to crash, and says why. */
const CRASHES = `
  import { writeFileSync } from 'node:fs'
  import { createServer } from 'node:net'
  const home = process.env.HOLDFAST_HOME
  const socket = home + '/daemon-' + process.pid + '.sock'
  createServer(() => undefined).listen(socket, () => {
    writeFileSync(home + '/daemon.json', JSON.stringify({ pid: process.pid, socket, http: 'http://127.0.0.1:1' }))
    console.log('ready')
  })
  process.parentPort.on('message', ({ data }) => {
    if (data === 'stop') process.exit()
    console.error('holdfast: the memory is full')
    process.exit(3)
  })
`

let home: string
let daemon: Daemon
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-utility-'))
  mkdirSync(join(home, 'electron'))
  writeFileSync(join(home, 'electron/package.json'), '{ "type": "module" }')
  started.length = 0
  daemon = new Daemon(home, home)
})
afterEach(async () => {
  await daemon.stop()
  rmSync(home, { recursive: true })
})
const program = (text: string): void => writeFileSync(join(home, 'electron/daemon.js'), text)
const ended = (at: number): Promise<unknown> => new Promise((resolve) => started[at]!.once('exit', resolve))

test('a daemon that crashes is started again when it is looked for, and one that runs is not', async () => {
  program(CRASHES)
  const first = await daemon.reach()
  expect([await daemon.reach(), started.length]).toEqual([first, 1])
  const end = ended(0)
  started[0]!.postMessage('crash')
  expect(await end).toBe(3)
  expect(await daemon.reach()).not.toBe(first)
  expect(started.length).toBe(2)
})

test.each([
  ['its last words', `console.error('holdfast: the disk is gone'); process.exit(1)`, 'the disk is gone'],
  ['that it said nothing', 'process.exit(1)', 'it ended and did not say why'],
])('one that ends as it starts is told with %s, each time anew', async (_, text, words) => {
  program(text)
  await expect(daemon.reach()).rejects.toThrow(words)
  await expect(daemon.reach()).rejects.toThrow(words)
  expect(started.length).toBe(2)
})

test('what a process dies of by the engine is told', async () => {
  program('setTimeout(() => process.exit(1), 200)')
  const reaching = daemon.reach()
  await vi.waitFor(() => expect(started.length).toBe(1))
  started[0]!.emit('error', 'FatalError', 'v8::OOM')
  await expect(reaching).rejects.toThrow('FatalError at v8::OOM')
})

test('one that cannot be started is tried again, each time later, up to a minute', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const ending = new AbortController()
  const begun = Date.now()
  const at: number[] = []
  const why: unknown[] = []
  const reach = async (): Promise<never> => {
    at.push((Date.now() - begun) / 1_000)
    throw new Error('it ended')
  }
  void watch({ reach, tell: () => undefined, gone: (error) => why.push(error), signal: ending.signal })
  await vi.advanceTimersByTimeAsync(200_000)
  expect(at).toEqual([0, 2, 6, 14, 30, 62, 122, 182])
  expect(why).toEqual(at.map(() => new Error('it ended')))
  ending.abort()
})
