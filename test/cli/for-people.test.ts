import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { HoldfastError, shellWord } from '#base'
import { run } from '#cli'
import { folderStatus, OTHER, THIS } from '../api/memory-backend.ts'
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
    expect(stderr).toMatch(
      /^2 files of blocks \(2\.0 KiB\) lie in the store here of which nobody can tell any more what they are/,
    )
    expect(stderr).toMatch(/holdfast gc --abandoned\nmusic: nothing more is freed now: it is not open\n$/)
    const dry = await holdfast('--home', running.home, 'gc', '--dry-run')
    const nameless = await holdfast('--home', running.home, 'gc', '--dry-run', '--abandoned')
    expect(nameless.stderr).toBe(
      '2 folders (3f2a7bcd…, 9c01e5aa…; their names are told to no device that may not read them): nothing more is freed now; of each: others say what goes\n',
    )
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
    const stdout =
      'Checked 10 blocks: 4 damaged or lost, 1 healed, 1 not needed in the store, as files here have it, 1 not needed here: other devices hold it, or no version needs it, 1 not to be had yet.\n'
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
    own.backend.movedBytes = 0
    const none = await holdfast('--home', own.home, 'rebalance')
    await own.close()
    expect(none.stdout).toBe('Nothing could be moved, though not all is where it is to be, by layout 3.\n')
    const stderr = 'photos: 1 version is not kept by nas yet\n  start it\n'
    expect(moved).toEqual({ code: 0, stdout: '2.0 KiB moved, by layout 3.\n', stderr })
    const lines = [
      'Looked for 1,200 copies: 2 were made again.',
      'Looked for 30 files of blocks here: 4 pieces are missing or damaged in this store, 2 healed, 1 not needed in the store, as files here have it, 1 not to be had yet.',
      'photos: nas lacked 3 copies, and was brought 1.',
    ]
    expect(repaired).toEqual({ code: 0, stdout: `${lines.join('\n')}\n`, stderr })
  })
})

describe('ls for people', () => {
  it('goes through all pages, and has one table or one array of them', async () => {
    const own = await startServer()
    own.backend.listed = Array.from({ length: 4_001 }, (_, n) => `file-${String(n).padStart(5, '0')}`)
    const [text, json] = [
      await holdfast('--home', own.home, 'ls', 'photos'),
      await holdfast('--home', own.home, 'ls', 'photos', '--json'),
    ]
    await own.close()
    expect(text.stdout.split('\n').map((line) => line.split(/ +/).at(-1))).toEqual(['PATH', ...own.backend.listed, ''])
    expect((JSON.parse(json.stdout) as { path: string }[]).map(({ path }) => path)).toEqual(own.backend.listed)
    expect(own.backend.calls).toMatchObject(Array.from({ length: 6 }, () => ({ input: { limit: 2_000 } })))
  })

  it('that breaks off leaves no array that could be taken for whole, and says why beside it', async () => {
    const own = await startServer()
    own.backend.listed = Array.from({ length: 2_001 }, (_, n) => `file-${String(n).padStart(5, '0')}`)
    const list = own.backend.list
    own.backend.list = (input, signal) =>
      input.after === '' ? list(input, signal) : Promise.reject(new HoldfastError('blocked', 'the disk was unplugged'))
    const { code, stdout, stderr } = await holdfast('--home', own.home, 'ls', 'photos', '--json')
    await own.close()
    expect({ code, end: stdout.at(-1), stderr }).toMatchObject({
      code: 1,
      end: '}',
      stderr: expect.stringContaining('unplugged'),
    })
    expect(() => JSON.parse(stdout) as unknown).toThrow(SyntaxError)
  })

  it('without TARGET names the folders', async () => {
    const own = await startServer()
    const { stdout } = await holdfast('--home', own.home, 'ls')
    await own.close()
    expect(stdout.split('\n').map((line) => line.split(/ +/).at(-1))).toEqual(['PATH', 'photos', 'music', ''])
  })
})

describe('wait on a terminal', () => {
  it('draws how far the folder is that is waited for', async () => {
    const own = await startServer()
    const drawn: string[] = []
    own.backend.waiting = async () => {
      await vi.waitFor(() => expect(own.backend.listeners.size).toBe(1))
      const progress = (folder: string, done: number): void =>
        own.backend.announce({ event: 'progress', data: { command: 'wait', done, total: 4, unit: 'copies', folder } })
      progress('photos', 0)
      progress('music', 2)
      progress('photos', 3)
      await vi.waitFor(() => expect(drawn.join('')).toContain('3 of 4'))
    }
    const stderr = { isTTY: true, columns: 100, write: (text: string) => drawn.push(text) } as unknown as NodeJS.WriteStream
    const around = {
      serve: () => Promise.reject(new Error('none')),
      node: '24.0.0',
      env: {},
      directory: '/',
      stdin: process.stdin,
    }
    await run(['--home', own.home, 'wait', '--folder', 'photos'], { ...around, stdout: stderr, stderr })
    await own.close()
    expect(drawn.filter((text) => text.includes('#') || text.includes('--'))).toEqual([
      '\r\u001b[K[------------------------------] photos: 0 of 4 copies of versions',
      '\r\u001b[K[#######################-------] photos: 3 of 4 copies of versions',
    ])
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

describe('a storage device for people', () => {
  it('is offered nothing that it cannot do, in the group and when it was removed from that', async () => {
    const own = await startServer()
    const { backend } = own
    backend.folderList = []
    backend.deviceList = backend.deviceList.map((device) => (device.device === THIS ? { ...device, role: 'storage' } : device))
    const shown = async (...words: string[]) => (await holdfast('--home', own.home, ...words)).stdout
    for (const words of [['status'], ['folder', 'list']]) {
      const text = await shown(...words)
      expect(text).toContain('holds sealed blocks for the others of its group')
      expect(text).not.toContain('folder create')
    }
    backend.damaged = 2
    expect(await shown('status')).toContain('2 pieces that this device holds for others damaged or gone here')
    backend.damaged = null
    backend.removed = { by: OTHER, name: 'kitchen', time: '2026-05-01T09:08:07.000Z', role: 'storage' }
    const removed = await shown('status')
    expect(removed).toContain('holdfast invite --role storage on one of its members')
    expect(removed).not.toContain('invite here')
    await own.close()
  })
})

describe('for people', () => {
  it('the list of folders has a column for what only devices have that are away, where there is such', async () => {
    const own = await startServer()
    const [photos] = own.backend.folderList
    const list = async (): Promise<string> => (await holdfast('--home', own.home, 'folder', 'list')).stdout
    expect(await list()).not.toContain('OUT OF REACH')
    photos!.outOfReach = [{ devices: [{ device: OTHER, name: 'attic' }], said: true, files: 2, versions: 12 }]
    expect(await list()).toMatch(/OUT OF REACH\n.*photos.* 12 versions on attic\n/)
    await own.close()
  })

  it('a dry run says what putting a device out would do', async () => {
    const own = await startServer()
    const run = async (): Promise<string> =>
      (await holdfast('--home', own.home, 'devices', 'remove', 'kitchen', '--dry-run')).stdout
    expect(await run()).toBe(
      'kitchen would no longer be in the group. What it has would stay readable there. Nothing was changed.\n' +
        '  photos: each version would be on 2 devices (now 3), where replication_factor asks for 3; 50 % of its content would go to another device, as far as it can be had then\n',
    )
    Object.assign(own.backend.folderChanges[0]!, { copies: 1, copiesAfter: 0, newHolders: 0 })
    expect(await run()).toContain(
      'photos: no device would hold its versions (now 1), where replication_factor asks for 3; no other device takes over anything\n',
    )
    await own.close()
  })
})

describe('a negative number', () => {
  it('reaches the daemon as a value, which says what the setting takes', async () => {
    const { code } = await holdfast('--home', running.home, 'config', 'set', 'log_level', '-5')
    expect(code).toBe(0)
    expect(running.backend.settings.get('log_level')).toBe('-5')
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

describe('status for people, of folders that fewer devices hold than there are to be copies,', () => {
  const degraded = (folder: string) => {
    return { folder, reasonCode: 'degraded', message: 'only one device can hold it', hint: 'holdfast invite' }
  }

  it('says it once, and names a device that is full', async () => {
    const own = await startServer()
    own.backend.folderList = ['photos', 'music'].map((name) => folderStatus(name, A, { notes: [degraded(name)] }))
    own.backend.peerList = own.backend.peerList.map((peer) => ({ ...peer, obstacle: 'full' as const }))
    own.backend.deviceList = own.backend.deviceList.map((device) => ({ ...device, pledgeBytes: 2 ** 20 }))
    const { stdout } = await holdfast('--home', own.home, 'status')
    const devices = await holdfast('--home', own.home, 'devices')
    await own.close()
    expect(devices.stdout).toMatch(/^desk .* 1\.0 MiB +this device\nkitchen .* 1\.0 MiB, full +connected$/m)
    expect(stdout).toContain('\n  photos, music: only one device can hold it: holdfast invite\n')
    expect(stdout).toMatch(/^kitchen +connected, full /m)
  })

  it('says it as the next step where there is no other device yet', async () => {
    const own = await startServer()
    own.backend.folderList = [folderStatus('photos', A, { notes: [degraded('photos')] })]
    own.backend.peerList = []
    const { stdout } = await holdfast('--home', own.home, 'status')
    await own.close()
    expect(stdout).toContain('No other devices yet, so all of it is on this one alone: holdfast invite')
    expect(stdout).not.toContain('only one device can hold it')
  })

  it('does not say so of one that is on no disk there', async () => {
    const own = await startServer()
    const unheld = { folder: 'music', reasonCode: 'unheld', message: 'no device has it', hint: 'holdfast join CODE' }
    own.backend.folderList = [degraded('photos'), unheld].map((note) => folderStatus(note.folder, A, { notes: [note] }))
    own.backend.peerList = []
    const { stdout } = await holdfast('--home', own.home, 'status')
    await own.close()
    expect(stdout).toContain(
      '  photos: only one device can hold it: holdfast invite\n  music: no device has it: holdfast join CODE\n',
    )
    expect(stdout).toContain('No other devices yet: holdfast invite')
  })
})

describe('restore for people', () => {
  it('writes what a deleted file was last to stdout, where nothing else is named', async () => {
    const own = await startServer()
    const [of] = await own.backend.versions({ folder: 'photos', path: 'img.jpg' }, AbortSignal.timeout(1_000))
    const asked: unknown[] = []
    const { readContent } = own.backend
    const [gone, last] = [
      { ...of!, kind: 'tombstone' },
      { ...of!, version: 'cc'.repeat(16) },
    ]
    Object.assign(own.backend, {
      versions: async () => [gone, last, of],
      readContent: (...args: Parameters<typeof readContent>) => (asked.push(args[0].version), readContent(...args)),
    })
    const { code, stdout } = await holdfast('--home', own.home, 'restore', 'photos/img.jpg', '--to', '-')
    await own.close()
    expect([code, stdout, asked]).toEqual([0, 'an image', ['cc'.repeat(16)]])
  })

  it('names the newest version with content where the one that was asked for is empty', async () => {
    const own = await startServer()
    const [of] = await own.backend.versions({ folder: 'photos', path: 'img.jpg' }, AbortSignal.timeout(1_000))
    const made = (id: string, size: number) => ({ ...of!, version: id.repeat(16), size, state: 'kept' as const })
    Object.assign(own.backend, {
      versions: async () => [made('ee', 0), { ...made('dd', 5), state: 'incomplete' }, made('cc', 5), made('bb', 5)],
      restore: async () => ({ path: 'img.jpg', version: 'ee'.repeat(16), bytes: 0, here: true }),
    })
    const { stdout, stderr } = await holdfast('--home', own.home, 'restore', 'photos/img.jpg', '--version', 'aaaa')
    await own.close()
    expect(stdout).toBe('Restored: photos/img.jpg\n')
    expect(stderr).toMatch(
      /^It was empty then\. The newest version with content is of .*:\n {2}holdfast restore photos\/img.jpg --version c{12}\n$/,
    )
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

  it('shows a size as it is set, and says how much that is where it is no short number', async () => {
    const own = await startServer()
    const get = ['--home', own.home, 'config', 'get']
    own.backend.settings.set('pledge', 100e9)
    expect(await holdfast(...get, 'pledge')).toMatchObject({ stdout: '100GB\n', stderr: '' })
    expect((await holdfast(...get, 'pledge', '--json')).stdout).toContain('"value":100000000000,')
    own.backend.settings.set('pledge', 123_456_789_123)
    expect(await holdfast(...get, 'pledge')).toMatchObject({ stdout: '123456789123\n', stderr: 'That is 115 GiB.\n' })
    expect((await holdfast(...get)).stdout).toContain('123456789123 (115 GiB)')
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
