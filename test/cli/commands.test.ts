import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shellWord } from '#base'
import { GROUP, OTHER, STRANGER, THIS } from '../api/memory-backend.ts'
import { holdfast, start, startServer, type RunningServer } from './daemon-stand-in.ts'

const A = 'a'.repeat(26)
const E = 'e'.repeat(26)
let running: RunningServer
beforeAll(async () => {
  running = await startServer()
})
afterAll(() => running.close())

/** Command lines in order, each with a part of its JSON: later ones see what earlier ones did. */
const lines: [string[], unknown][] = [
  [
    ['status'],
    {
      device: THIS,
      name: 'desk',
      folders: [{ name: 'photos', state: 'idle', protectedPercent: null }, {}],
      store: { blocks: null },
    },
  ],
  [['health'], { ok: true, checks: [{ name: 'database', ok: true }] }],
  [['devices'], [{ device: THIS, name: 'desk', role: 'member', connected: true }, { device: OTHER }]],
  [['invite', '--role', 'storage', '--expires', '1h'], { code: 'hf1-abcdefgh', expires: expect.stringMatching(/Z$/) }],
  [['join', 'hf1-code'], { group: GROUP, device: OTHER }],
  [['nearby'], [{ device: STRANGER, name: 'phone', digits: null }]],
  [['pair', 'phone'], { device: STRANGER, name: 'phone', digits: '314159', group: GROUP }],
  [['pairing', 'list'], [{ device: STRANGER, digits: '314159' }]],
  [['pairing', 'accept', STRANGER.slice(-8), '--digits', '314 159'], { device: STRANGER, acceptedHere: true }],
  [['pairing', 'refuse', 'phone'], { device: STRANGER }],
  [
    ['folder', 'list'],
    [
      { id: A, name: 'photos', role: 'sync', offered: false },
      { name: 'music', offered: true, path: null },
    ],
  ],
  [['folder', 'create', '/home/me/letters', '--history', 'off'], { name: 'letters', path: '/home/me/letters' }],
  [['folder', 'share', 'photos', 'all', '--role', 'receive-only'], { id: A, device: 'all', role: 'receive-only' }],
  [['folder', 'join', 'music', '/home/me/music'], { id: E, path: '/home/me/music' }],
  [['folder', 'pause', 'music', '--for', '1h'], { id: E }],
  [['folder', 'resume', E], { id: E }],
  [['folder', 'approve', 'photos'], { id: A, state: 'idle' }],
  [['folder', 'reject', 'photos'], { id: A, state: 'syncing' }],
  [['folder', 'unblock', 'photos'], { id: A, state: 'scanning' }],
  [['folder', 'revert', 'photos'], { id: A, state: 'syncing' }],
  [['folder', 'problems', 'photos'], [{ path: 'secret.txt', code: 'unreadable' }]],
  [['folder', 'archive', 'photos'], [{ name: '1-img.jpg', path: 'img.jpg' }]],
  [['folder', 'archive', 'photos', 'sub/img.jpg'], [{ path: 'img.jpg' }]],
  [['folder', 'archive', 'photos', '--restore', '1-img.jpg', '--to', '/tmp/x.jpg'], { path: '/tmp/x.jpg' }],
  [['wait', '--folder', 'photos', '--timeout', '60s'], { synced: true, seconds: 0.25 }],
  [['gc', '--dry-run'], { freedBytes: 4096, blocks: 2 }],
  [['scrub', '--sample', '10%'], { checked: 10, damaged: 4, healed: 1, unneeded: 2, inFiles: 1, waiting: 1 }],
  [['rebalance'], { epoch: 3, movedBytes: 2048 }],
  [['repair'], { checked: 1200, repaired: 2, lacking: 1, files: 30, elsewhere: [{ device: 'nas', missing: 3 }] }],
  [['scan', 'photos'], { changed: 2, seconds: 0.1 }],
  [['ls', 'photos/sub', '--deleted'], [{ path: 'img-1.jpg', kind: 'file', size: 1234, state: 'here' }]],
  [['list', 'photos'], [{ path: 'img-1.jpg' }]],
  [['pin', 'photos/img.jpg', '--version', 'abcd'], { path: 'img.jpg', version: `abcd${'0'.repeat(28)}` }],
  [['unpin', 'photos/img.jpg', '--version', 'abcd'], { path: 'img.jpg' }],
  [['snapshot', 'create', 'photos', 'after'], { name: 'after', entries: 3, bytes: 2048 }],
  [['snapshot', 'list', 'photos'], [{ name: 'before', time: expect.stringMatching(/Z$/), entries: 3, bytes: 2048 }]],
  [['snapshot', 'restore', 'photos', 'before', '--to', '/tmp/x'], { name: 'before', to: '/tmp/x', entries: 1, deleted: 0 }],
  [['snapshot', 'restore', 'photos', 'before', '--dry-run'], { to: null, write: [{ path: 'img-1.jpg' }], delete: ['img-3.jpg'] }],
  [['snapshot', 'delete', 'photos', 'before'], { name: 'before' }],
  [
    ['retention', 'show', 'photos'],
    {
      policy: { 'keep-daily': '7' },
      keep: [{ path: 'img-1.jpg', reasons: ['daily', 'pinned'] }, { path: 'img-2.jpg' }],
      forget: [{ path: 'img-2.jpg', reasons: ['daily: beyond the newest 7'] }],
    },
  ],
  [
    ['retention', 'set', 'photos', '--keep-last', '3', '--keep-within', '30d', '--dry-run'],
    { policy: { 'keep-last': '3', 'keep-within': '30d' } },
  ],
  [['rm', 'photos/img.jpg'], { path: 'img.jpg', entries: 1, bytes: 1 }],
  [['conflicts'], [{ path: 'notes.txt', device: OTHER }]],
  [['conflicts', 'resolve', 'photos/a/b.txt', '--keep', 'theirs', '--by', 'kitchen'], { folder: 'photos', path: 'a/b.txt' }],
  [['config', 'get', 'log_level'], { key: 'log_level', value: 'info', running: 'info' }],
  [['config', 'set', 'log_level', 'debug'], { key: 'log_level', value: 'debug', running: 'debug' }],
  [['config', 'get'], [{ key: 'log_level', value: 'debug', running: 'debug' }]],
  [['support-bundle', '/tmp/bundle.zip'], { file: '/tmp/bundle.zip' }],
  [
    ['devices', 'remove', 'kitchen', '--dry-run'],
    { device: OTHER, removed: false, folders: [{ folder: 'photos', copiesAfter: 2 }] },
  ],
  [['devices', 'remove', 'kitchen'], { device: OTHER, removed: true }],
  [['folder', 'leave', 'music'], { id: E }],
  [['leave'], { left: true }],
  [['version'], { version: expect.stringMatching(/^\d+\./) }],
  [['help'], { help: expect.stringContaining('folder create') }],
  [['folder', 'join', '--help'], { help: expect.stringContaining('FOLDER [PATH]') }],
]

describe('with --json, each command prints one document and ends with 0', () => {
  it.each(lines.map(([args, expected]) => [args.join(' '), args, expected] as const))('%s', async (_, args, expected) => {
    const { code, stdout, stderr } = await holdfast('--home', running.home, ...args, '--json')
    expect({ code, stderr: args[0] === 'pair' ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.endsWith('\n')).toBe(true)
    expect(JSON.parse(stdout)).toMatchObject(expected as object)
  })

  it('and passes what was typed in the API’s own words', () => {
    const calls = (name: string) => running.backend.calls.filter((call) => call.name === name).map(({ input }) => input)
    expect(calls('createInvite')).toEqual([{ role: 'storage', expiresSeconds: 3600 }])
    expect(calls('pauseFolder')).toEqual([{ folder: 'music', forSeconds: 3600 }])
    expect(calls('wait')).toEqual([{ folder: 'photos', for: 'synced', timeoutSeconds: 60 }])
    expect(calls('list')[0]).toMatchObject({ folder: 'photos', path: 'sub', deleted: true, recursive: false })
    expect(calls('archive')).toEqual([{ folder: 'photos' }, { folder: 'photos', path: 'sub/img.jpg' }])
    expect(calls('resolveConflict')).toEqual([{ folder: 'photos', path: 'a/b.txt', keep: 'theirs', device: 'kitchen' }])
    expect(calls('acceptPairing')).toEqual([{ device: STRANGER.slice(-8), digits: '314159' }])
  })
})

describe('help', () => {
  it.each([
    [['help', 'put'], 'holdfast put FILE TARGET [--recursive]\n'],
    [['help', 'upload'], 'holdfast put FILE TARGET [--recursive]\n'],
    [['help', 'folder', 'join'], 'holdfast folder join FOLDER [PATH]\n'],
    [['folder', 'join', '-h'], 'holdfast folder join FOLDER [PATH]\n'],
    [['help', 'folder'], 'COMMAND\nfolder create '],
    [['help', 'pairing', '--home', '/tmp'], 'COMMAND\npairing list\n'],
    [['help'], 'holdfast COMMAND …: '],
  ])('of %j begins with what was asked for', async (args, begin) => {
    const { code, stdout } = await holdfast(...args)
    expect({ code, begin: stdout.slice(0, begin.length) }).toEqual({ code: 0, begin })
  })

  it.each([[['help', 'bogus']], [['bogus', '--help']], [['folder', 'bogus', '--help']]])(
    'of %j says that there is no such command',
    async (args) => {
      const { code, stderr } = await holdfast(...args)
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/^holdfast: there is no command (folder )?bogus\n/),
      })
    },
  )
})

describe('a command that fails', () => {
  const nowhere = ['--home', '/nonexistent/home']
  it.each<[string, string[], number, string]>([
    ['an unknown command', ['frobnicate'], 2, 'usage'],
    ['no command', [], 2, 'usage'],
    ['half a command', ['folder'], 2, 'usage'],
    ['an unknown option', ['status', '--bogus'], 2, 'usage'],
    ['too few arguments', ['join'], 2, 'usage'],
    ['too many arguments', ['status', 'now'], 2, 'usage'],
    ['a duration that is none', ['wait', '--timeout', 'soon'], 2, 'usage'],
    ['a role that is none', ['folder', 'share', 'photos', 'all', '--role', 'king'], 2, 'usage'],
    ['digits that are none', ['pairing', 'accept', 'phone', '--digits', '12'], 2, 'usage'],
    ['a wrong --http', ['serve', '--http', 'everywhere'], 2, 'usage'],
    ['no daemon', ['status', ...nowhere], 3, 'no-daemon'],
    ['time over', ['wait', '--timeout', '500ms'], 4, 'timeout'],
    ['something not there', ['folder', 'pause', 'nope'], 1, 'not-found'],
    ['something refused', ['join', 'wrong'], 1, 'denied'],
    ['a version left out', ['pin', 'photos/img.jpg'], 2, 'usage'],
    ['a version that is none', ['pin', 'photos/img.jpg', '--version', 'latest'], 2, 'usage'],
    ['a file left out', ['unpin', 'photos', '--version', 'ab'], 2, 'usage'],
    ['a snapshot without its name', ['snapshot', 'restore', 'photos'], 2, 'usage'],
    ['a rule that there is not', ['retention', 'set', 'photos', '--keep-some', '3'], 2, 'usage'],
    ['a name that is taken', ['snapshot', 'create', 'photos', 'before'], 1, 'exists'],
    ['something to come', ['wait', '--for', 'protected'], 1, 'unsupported'],
  ])('for %s ends with its code and says so in JSON', async (_, args, expected, word) => {
    const { code, stdout } = await holdfast('--home', running.home, ...args, '--json')
    expect(code).toBe(expected)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: word, message: expect.any(String), hint: expect.any(String) } })
  })

  it.each([
    ['an unknown option before any command', ['--bogus'], 'there is no option --bogus'],
    ['an unknown option of a command', ['status', '--bogus'], 'there is no option --bogus here'],
    ['a value that begins with a dash', ['invite', '--expires', '-5m'], '--expires needs a value, and what follows'],
    ['a value left out', ['invite', '--expires'], '--expires needs a value'],
    ['a value where there is none', ['ls', '--recursive=yes'], '--recursive takes no value'],
    ['a choice left out', ['conflicts', 'resolve', 'photos/a'], 'say what to keep: --keep mine, theirs or both'],
    [
      'a device for what is not theirs',
      ['conflicts', 'resolve', 'photos/a', '--keep', 'mine', '--by', 'me'],
      'goes with --keep theirs',
    ],
    ['a choice that is none', ['conflicts', 'resolve', 'photos/a', '--keep', 'x'], '--keep is one of mine, theirs, both, not x'],
    [
      'something in a folder where a whole one is meant',
      ['retention', 'show', 'photos/a'],
      'photos/a names something in a folder',
    ],
    ['the same after an option', ['wait', '--folder', 'photos/a'], 'photos/a names something in a folder'],
    ['a path where a folder is meant', ['snapshot', 'list', '/home/me/photos'], '/home/me/photos is a path on the disk'],
    [
      'a name with spaces and no quotes',
      ['put', 'my', 'file.txt', 'photos/a'],
      'photos/a is too much after holdfast put my file.txt',
    ],
    ['a version that is none', ['get', 'photos/a', '--version', 'zz'], 'zz is not the id of a version'],
    ['nothing for a time', ['restore', 'photos/a', '--at', ''], '--at is empty'],
    ['digits that are none', ['pairing', 'accept', 'phone', '--digits', '12'], '12 are not six digits'],
    ['a home that a shell left empty', ['status', '--home='], '--home is empty'],
  ])('says in plain words what is wrong with %s', async (_, args, message) => {
    const { code, stdout } = await holdfast('--home', running.home, ...args, '--json')
    const { error } = JSON.parse(stdout) as { error: { message: string; hint: string } }
    expect(code).toBe(2)
    expect(error.message).toContain(message)
    expect(error.hint).toMatch(/holdfast|--/)
  })

  it.each([
    ['folder bogus', 'folder create, folder list, folder share'],
    ['devices bogus', 'devices, devices remove'],
    ['config bogus', 'config get, config set'],
    ['device', 'holdfast devices'],
    ['stats', 'holdfast status'],
    ['snpashot', 'holdfast snapshot'],
  ])('says of %s that there is no such command, and which there are', async (words, there) => {
    const { code, stdout } = await holdfast(...words.split(' '), '--json')
    const { error } = JSON.parse(stdout) as { error: { message: string; hint: string } }
    expect({ code, message: error.message }).toEqual({ code: 2, message: `there is no command ${words}` })
    expect(error.hint).toContain(`there is ${there}`)
  })

  it('names the command whose help tells more, and an option that is like the one that there is not', async () => {
    const hint = async (...args: string[]): Promise<string> => {
      const { stdout } = await holdfast('--home', running.home, ...args, '--json')
      return (JSON.parse(stdout) as { error: { hint: string } }).error.hint
    }
    expect(await hint('gc', '--dry')).toBe('there is --dry-run; holdfast gc --help tells what it takes')
    expect(await hint('gc', '--bogus')).toBe('holdfast gc --help tells what it takes')
    expect(await hint('invite', '--role', 'king')).toBe('holdfast invite --help tells what it takes')
    expect(await hint('repair', 'photos')).toBe('holdfast repair')
  })

  it('of a home that is none says what it is', async () => {
    const said = async (home: string): Promise<unknown> => JSON.parse((await holdfast('status', '--home', home, '--json')).stdout)
    expect(await said('/nonexistent/home')).toMatchObject({
      error: { message: 'no Holdfast daemon is running for the home /nonexistent/home, where nothing is' },
    })
    const file = `${running.home}/daemon.json`
    expect(await said(file)).toMatchObject({ error: { code: 'no-daemon', message: `the home ${file} is no directory` } })
  })

  it('without a daemon names what starts the one that was meant', async () => {
    const hints = await Promise.all(
      [['--home', '/nonexistent/my home'], []].map(async (args) => {
        const { stdout } = await start(['status', '--json', ...args], { env: { HOLDFAST_HOME: '/nonexistent/home' } }).ended
        return (JSON.parse(stdout) as { error: { hint: string } }).error.hint
      }),
    )
    expect(hints[0]).toContain(`start it with holdfast serve --home ${shellWord('/nonexistent/my home')}, or`)
    expect(hints[1]).toContain('start it with holdfast serve, or')
  })

  it('says the same to people, on stderr, with what to do', async () => {
    const { code, stdout, stderr } = await holdfast('--home', running.home, 'join', 'wrong')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toBe('holdfast: this code is not valid\n  ask for a new one\n')
  })

  it('knows a daemon that crashed from one that runs', async () => {
    const crashed = await startServer()
    const { home, socket } = crashed
    const file = await readFile(`${home}/daemon.json`)
    await crashed.server.stop()
    await writeFile(`${home}/daemon.json`, file)
    await writeFile(socket, '')
    expect((await holdfast('--home', home, 'status')).code).toBe(3)
    await crashed.close()
  })

  it('is unhealthy with 1, and still prints its checks', async () => {
    running.backend.healthy = false
    const { code, stdout } = await holdfast('--home', running.home, 'health', '--json')
    running.backend.healthy = true
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ ok: false })
  })
})
