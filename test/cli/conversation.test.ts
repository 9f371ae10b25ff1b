import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../api/eventually.ts'
import { HoldfastError } from '#base'
import { GROUP, OTHER, STRANGER } from '../api/memory-backend.ts'
import { start, startServer, type RunningServer } from './daemon-stand-in.ts'

let running: RunningServer
beforeEach(async () => {
  running = await startServer()
})
afterEach(() => running.close())

const begin = (...args: string[]) => start([...args, '--home', running.home])

describe('pair', () => {
  it('prints the digits at once and the result once both sides agreed', async () => {
    const outcome = Promise.withResolvers<{ group: string; device: string }>()
    running.backend.outcome = outcome.promise
    const pair = begin('pair', 'phone', '--json')
    await eventually(() => pair.stderr).toContain('314159')
    expect(pair.stdout).toBe('')
    outcome.resolve({ group: GROUP, device: STRANGER })
    const { code, stdout } = await pair.ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({
      device: STRANGER,
      name: 'phone',
      address: '/ip4/192.0.2.7/tcp/4001',
      digits: '314159',
      group: GROUP,
    })
  })

  it('takes y for an acceptance, and nothing else', async () => {
    const outcome = Promise.withResolvers<{ group: string; device: string }>()
    running.backend.outcome = outcome.promise
    const pair = begin('pair', 'phone')
    await eventually(() => pair.stdout).toContain('314159')
    pair.child.stdin?.write('maybe\n')
    pair.child.stdin?.write('y\n')
    await eventually(() => running.backend.calls.map(({ name }) => name)).toEqual(['acceptPairing'])
    outcome.resolve({ group: GROUP, device: STRANGER })
    expect((await pair.ended).stdout).toContain('Paired with phone.')
  })

  it('takes n for a refusal, and ends with what came of it', async () => {
    const outcome = Promise.withResolvers<{ group: string; device: string }>()
    running.backend.outcome = outcome.promise
    const pair = begin('pair', 'phone')
    await eventually(() => pair.stdout).toContain('314159')
    pair.child.stdin?.write('n\n')
    await eventually(() => running.backend.calls.map(({ name }) => name)).toEqual(['refusePairing'])
    outcome.reject(new HoldfastError('denied', 'the pairing was refused here'))
    const { code, stderr } = await pair.ended
    expect(code).toBe(1)
    expect(stderr).toContain('the pairing was refused here')
  })
})

describe('activity', () => {
  it('prints one object a line, the newest last', async () => {
    const activity = begin('activity', '--json')
    const { code, stdout } = await activity.ended
    expect(code).toBe(0)
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { number: number }).number),
    ).toEqual([1, 2, 3])
  })

  it('says to people, and to them alone, that nothing has happened', async () => {
    const [one] = running.backend.activityList
    running.backend.activityList = Array.from({ length: 2_500 }, (_, at) => ({ ...one!, number: at + 1 }))
    expect((await begin('activity').ended).stdout.split('\n').length).toBe(2_501)
    running.backend.activityList = [{ ...one!, event: 'renamed', path: 'new', from: 'old' }]
    expect((await begin('activity').ended).stdout).toContain('  renamed  photos/old → photos/new  by kitchen\n')
    running.backend.activityList = []
    expect((await begin('activity').ended).stdout).toBe('Nothing has happened yet.\n')
    expect((await begin('activity', '--json').ended).stdout).toBe('')
  })

  it('follows what happens next, each once, until the daemon stops', async () => {
    const activity = begin('activity', '--follow', '--json')
    await eventually(() => activity.stdout.split('\n').length).toBe(4)
    const item = (number: number) => ({
      number,
      time: '2030-01-02T03:04:05.000Z',
      event: 'deleted',
      folder: 'photos',
      path: 'x',
      from: null,
      device: OTHER,
      by: 'kitchen',
      detail: '',
    })
    for (const number of [3, 4, 5]) running.backend.announce({ event: 'activity', data: item(number) })
    await eventually(() =>
      activity.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { number: number }).number),
    ).toEqual([1, 2, 3, 4, 5])
    await running.server.stop()
    expect((await activity.ended).code).toBe(1)
  })
})

describe('wait', () => {
  it('says on the side, and to programs in a field, what stays different all the same', async () => {
    const note = {
      folder: 'photos',
      reasonCode: 'local-edits',
      message: '1 local edit stays.',
      hint: 'holdfast folder revert photos',
    }
    running.backend.notes = [note]
    const { code, stdout, stderr } = await begin('wait', '--folder', 'photos', '--json').ended
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'photos: 1 local edit stays.\n  holdfast folder revert photos\n' })
    expect(JSON.parse(stdout)).toMatchObject({ synced: true, notes: [note] })
  })

  it('ends for the daemon too when it is interrupted', async () => {
    const arrived = Promise.withResolvers<void>()
    running.backend.waiting = (signal) => {
      arrived.resolve()
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    }
    const wait = begin('wait')
    await arrived.promise
    wait.child.kill('SIGINT')
    await wait.ended
    await eventually(() => running.backend.aborted).toBe(1)
  })
})

it('a device that was removed from its group says so beside its devices and folders', async () => {
  running.backend.removed = { by: OTHER, name: 'kitchen', time: '2026-05-01T09:08:07.000Z', role: 'member' }
  for (const words of [['devices'], ['folder', 'list']]) {
    const { code, stdout, stderr } = await begin(...words, '--json').ended
    expect({ code, stderr }).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^kitchen removed this device from its group on .*: holdfast status\b/) as string,
    })
    expect(JSON.parse(stdout)).not.toEqual([])
  }
})

it('a list of devices marks the one that it was asked of, and does not call it connected', async () => {
  const { stdout } = await begin('devices').ended
  expect(stdout).toMatch(/^desk .* this device$/m)
  expect(stdout).toMatch(/^kitchen .* connected$/m)
})

describe('wait', () => {
  it('says on stderr what it waits for where that takes long, and prints its result alone', async () => {
    const synced = Promise.withResolvers<void>()
    running.backend.waiting = () => synced.promise
    running.backend.notes = [{ folder: 'photos', reasonCode: 'idle', message: 'kitchen is away.', hint: 'start kitchen' }]
    const wait = begin('wait', '--json')
    await eventually(() => wait.stderr).toBe('Waiting. photos: kitchen is away.\n  start kitchen\n')
    running.backend.notes = []
    synced.resolve()
    expect(JSON.parse((await wait.ended).stdout)).toMatchObject({ synced: true })
  })
})
