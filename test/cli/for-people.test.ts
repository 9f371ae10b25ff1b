import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shellWord } from '#base'
import { folderStatus, OTHER } from '../api/memory-backend.ts'
import { ask } from '../api/running-server.ts'
import { holdfast, startServer, type RunningServer } from './daemon-stand-in.ts'

const A = 'a'.repeat(26)
let running: RunningServer
beforeAll(async () => {
  running = await startServer()
})
afterAll(() => running.close())

describe('scan for people', () => {
  it('says how much it took in, or that there was nothing new: the watcher is often faster', async () => {
    expect((await holdfast('--home', running.home, 'scan')).stdout).toBe('2 changed, looked at in 0.1 s.\n')
    running.backend.scanned = { changed: 0, seconds: 0.1, notes: [] }
    const { stdout } = await holdfast('--home', running.home, 'scan')
    running.backend.scanned = { changed: 2, seconds: 0.1, notes: [] }
    expect(stdout).toBe('Nothing new, looked at in 0.1 s.\n')
  })
})

describe('scan of all folders for people', () => {
  it('names on stderr what it passed over, and ends with 0', async () => {
    const own = await startServer()
    const note = { folder: 'photos', reasonCode: 'paused', message: 'it is paused', hint: 'holdfast folder resume photos' }
    own.backend.scanned = { changed: 2, seconds: 0.1, notes: [note] }
    const outcome = await holdfast('--home', own.home, 'scan')
    await own.close()
    const stderr = 'photos: it is paused\n  holdfast folder resume photos\n'
    expect(outcome).toEqual({ code: 0, stdout: '2 changed, looked at in 0.1 s.\n', stderr })
  })
})

describe('gc for people', () => {
  it('says what was forgotten and freed, what is to follow, and on stderr where it could not', async () => {
    const { stdout, stderr } = await holdfast('--home', running.home, 'gc')
    expect(stdout).toBe(
      '3 versions forgotten.\n4.0 KiB freed, in 2 blocks and 1 archived file.\n512 B more in 1 block, once the grace is over.\n',
    )
    expect(stderr).toBe('music: nothing more is freed now: it is not open\n')
    const dry = await holdfast('--home', running.home, 'gc', '--dry-run')
    expect(dry.stdout).toBe(
      '3 versions would be forgotten. Without what these alone need:\n4.0 KiB would be freed now, in 2 blocks and 1 archived file.\n512 B more in 1 block, once the grace is over.\n',
    )
  })
})

describe('scrub for people', () => {
  it('says what it found, and on stderr what to do about what it could not heal', async () => {
    const own = await startServer()
    own.backend.notes = [{ folder: 'photos', reasonCode: 'damaged', message: '1 piece is damaged', hint: 'connect it' }]
    const outcome = await holdfast('--home', own.home, 'scrub')
    const wrong = await holdfast('--home', own.home, 'scrub', '--sample', 'some')
    await own.close()
    const stdout = 'Checked 10 blocks: 2 damaged or lost, 1 healed.\n'
    expect(outcome).toEqual({ code: 0, stdout, stderr: 'photos: 1 piece is damaged\n  connect it\n' })
    expect(own.backend.calls.find(({ name }) => name === 'scrub')?.input).toEqual({ samplePercent: 100 })
    expect(wrong.code).toBe(2)
  })
})

describe('rebalance and repair for people', () => {
  it('say what was moved and made again, and on stderr who lacks something still', async () => {
    const own = await startServer()
    own.backend.notes = [{ folder: 'photos', reasonCode: 'away', message: '1 version is not kept by nas yet', hint: 'start it' }]
    const moved = await holdfast('--home', own.home, 'rebalance')
    const repaired = await holdfast('--home', own.home, 'repair')
    await own.close()
    const stderr = 'photos: 1 version is not kept by nas yet\n  start it\n'
    expect(moved).toEqual({ code: 0, stdout: '2.0 KiB moved, by layout 3.\n', stderr })
    expect(repaired).toEqual({ code: 0, stdout: 'Looked for 1,200 copies: 2 made again.\n', stderr })
  })
})

describe('ls for people', () => {
  it('without TARGET names the folders', async () => {
    const own = await startServer()
    const { stdout } = await holdfast('--home', own.home, 'ls')
    await own.close()
    expect(stdout.split('\n').map((line) => line.split(/ +/).at(-1))).toEqual(['PATH', 'photos', 'music', ''])
  })
})

describe('activity', () => {
  it('says in its help what --json prints', async () => {
    expect((await holdfast('activity', '--help')).stdout).toContain('With --json one object a line')
  })
})

describe('folder share for people', () => {
  it.each([
    [[], 'all: receive-only in photos.\n'],
    [
      [{ device: OTHER, name: 'kitchen', role: 'sync' as const }],
      'all: receive-only in photos, but for those with a role of their own: kitchen (sync).\n',
    ],
  ])('%j keep a role of their own', async (kept, words) => {
    const own = await startServer()
    own.backend.kept = kept
    const { stdout } = await holdfast('--home', own.home, 'folder', 'share', 'photos', 'all', '--role', 'receive-only')
    await own.close()
    expect(stdout).toBe(words)
  })
})

describe('status for people', () => {
  it('says what is to be done, and has a link to the page', async () => {
    const { code, stdout } = await holdfast('--home', running.home, 'status')
    expect(code).toBe(0)
    expect(stdout).toContain('photos: 1 not syncing: holdfast folder problems photos')
    const [link = ''] = /http:\S+/.exec(stdout) ?? []
    expect((await ask(link)).status).toBe(303)
  })
})

describe('status for people, of a folder that waits for them,', () => {
  it.each([
    [{ state: 'paused' }, 'my letters: holdfast folder resume WORD ends the pause'],
    [{ state: 'held' }, 'my letters: holdfast folder approve WORD deletes them everywhere, holdfast folder reject WORD brings'],
    [{ state: 'offered' }, 'my letters: holdfast folder join WORD PATH'],
    [{ damaged: 2 }, 'my letters: 2 pieces of its versions damaged in the store here: connect the other devices'],
    [{ reasonCode: 'local-edits' }, 'my letters: holdfast folder revert WORD gives the local edits up'],
  ] as const)('%s, names the command', async (folder, line) => {
    const own = await startServer()
    own.backend.folderList = [folderStatus('my letters', A, folder)]
    const { stdout } = await holdfast('--home', own.home, 'status')
    await own.close()
    expect(stdout).toContain(line.replaceAll('WORD', shellWord('my letters')))
  })
})

describe('config for people', () => {
  it('says what the daemon runs with where that is not the setting', async () => {
    const own = await startServer()
    own.backend.settings.set('http', '127.0.0.1:9000')
    own.backend.running.set('http', '127.0.0.1:8390')
    const now = 'It runs with 127.0.0.1:8390 now; the setting counts from the next start on'
    const one = await holdfast('--home', own.home, 'config', 'get', 'http')
    expect(one.stdout).toBe('127.0.0.1:9000\n')
    expect(one.stderr).toContain(now)
    const [, level, http] = (await holdfast('--home', own.home, 'config', 'get')).stdout.split('\n')
    expect(level).not.toContain('runs')
    expect(http).toContain(now)
    await own.close()
  })

  it('says what a device can hold where that is less than its pledge, beside the devices as well', async () => {
    const own = await startServer()
    own.backend.settings.set('pledge', 2 ** 30)
    own.backend.running.set('pledge', 2 ** 20)
    const words = /^Of a pledge of 1\.0 GiB this device can hold 1\.0 MiB for now/
    const home = ['--home', own.home]
    expect((await holdfast(...home, 'config', 'get', 'pledge')).stderr).toMatch(words)
    expect((await holdfast(...home, 'devices')).stderr).toMatch(words)
    own.backend.running.set('pledge', 2 ** 30)
    expect((await holdfast(...home, 'devices')).stderr).toBe('')
    await own.close()
  })
})

describe('folder problems for people', () => {
  it.each([
    [{}, 'Everything syncs.'],
    [{ reasonCode: 'send-only', reason: 'Only sends.' }, 'No entry has a problem of its own. letters is idle: Only sends.'],
    [{ state: 'held', reasonCode: 'held', reason: '61 vanished.' }, 'No entry has a problem of its own. letters is held: 61'],
  ] as const)('of %j says %s', async (folder, words) => {
    const own = await startServer()
    own.backend.folderList = [folderStatus('letters', A, folder)]
    const { stdout } = await holdfast('--home', own.home, 'folder', 'problems', 'letters')
    await own.close()
    expect(stdout).toContain(words)
  })

  it('says of a tree once what is so in all of it, shows the first of many, and lists all where they are asked for', async () => {
    const own = await startServer()
    const [one] = own.backend.problemList
    const paths = [
      'new',
      ...Array.from({ length: 40 }, (_, n) => `new/${n}.txt`),
      ...Array.from({ length: 30 }, (_, n) => `${n}.txt`),
    ]
    own.backend.problemList = paths.map((path) => ({ ...one!, path }))
    const short = await holdfast('--home', own.home, 'folder', 'problems', 'photos')
    const long = await holdfast('--home', own.home, 'folder', 'problems', 'photos', '--all')
    await own.close()
    expect(short.stdout).toMatch(/^new\/ and 40 in it  /m)
    expect(short.stdout.trim().split('\n')).toHaveLength(21)
    expect(short.stderr).toBe('And 11 more: holdfast folder problems photos --all lists all 71\n')
    expect(long.stdout.trim().split('\n')).toHaveLength(72)
    expect(long.stderr).toBe('')
  })
})
