import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IpcMainInvokeEvent } from 'electron'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isInside } from '#api/page'
import { answerPage } from '../../electron/ipc.ts'
import { begin, BrowserWindow, told } from './fake-electron.ts'

const ORIGIN = 'app://holdfast'
let directory: string

beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-ipc-')))
  for (const name of ['.ssh', 'photos/2024', 'photos/..hidden', 'photos-of-others', 'music'])
    mkdirSync(join(directory, name), { recursive: true })
  for (const name of ['.ssh/id_ed25519', 'photos/a', 'photos/b', 'photos/2024/a.jpg', 'photos-of-others/a', 'music/a.mp3'])
    writeFileSync(join(directory, name), name)
  symlinkSync('../.ssh', join(directory, 'photos/link'))
  begin({ userData: directory })
  answerPage({ roots: () => [join(directory, 'photos'), `${directory}/music/`], dragIcon: '/icon.png' })
})
afterEach(() => rmSync(directory, { recursive: true }))

function call(channel: string, input?: unknown, frame: object | null = { parent: null, origin: ORIGIN }): Promise<unknown> {
  const event = { senderFrame: frame, sender: new BrowserWindow({}).webContents } as unknown as IpcMainInvokeEvent
  return (async () => told.channels.get(channel)!(event, input))()
}

test('the page may call these', () => {
  expect([...told.channels.keys()].toSorted()).toEqual([
    'loginItem',
    'openExternal',
    'pickFolder',
    'quit',
    'reveal',
    'setLoginItem',
    'startDrag',
  ])
})

test.each([
  ['no frame any more', null],
  ['a frame in the page', { parent: {}, origin: ORIGIN }],
  ['another origin', { parent: null, origin: 'https://example.com' }],
  ['an opaque origin', { parent: null, origin: 'null' }],
  ['one that begins the same', { parent: null, origin: `${ORIGIN}.example.com` }],
])('nothing is done for %s', async (_, frame) => {
  for (const channel of told.channels.keys())
    await expect(call(channel, channel === 'setLoginItem' ? true : '/home/me/photos', frame)).rejects.toThrow('only the page')
  expect([told.revealed, told.opened, told.loginItem, told.quits]).toEqual([[], [], false, 0])
})

test.each([
  ['reveal', 7],
  ['reveal', ''],
  ['reveal', ['/home/me/photos']],
  ['startDrag', '/home/me/photos/a'],
  ['startDrag', []],
  ['startDrag', [{ toString: '/home/me/photos/a' }]],
  ['setLoginItem', 'yes'],
  ['openExternal', { href: 'https://nodejs.org' }],
  ['quit', 1],
  ['pickFolder', { properties: ['openFile'] }],
])('%s refuses %j', async (channel, input) => {
  await expect(call(channel, input)).rejects.toThrow()
})

test.each([
  ['HOME/photos', true],
  ['HOME/photos/', true],
  ['HOME/photos/2024/a.jpg', true],
  ['HOME/photos/..hidden', true],
  ['HOME/music/a.mp3', true],
  ['HOME/photos/../.ssh/id_ed25519', false],
  ['HOME/photos/link/id_ed25519', false],
  ['HOME/photos/link', false],
  // The system takes the link first, and then goes up from where it leads.
  ['HOME/photos/link/../photos-of-others/a', false],
  ['HOME/photos/gone', false],
  ['HOME/photos/..', false],
  ['HOME/photos-of-others/a', false],
  ['HOME', false],
  ['/', false],
  ['', false],
  ['photos/a', false],
  ['file://HOME/photos/a', false],
  ['\\\\server\\share', false],
])('%j is in a folder: %s', async (name, inside) => {
  const path = name.replace('HOME', directory)
  expect(isInside(path, [join(directory, 'photos'), `${directory}/music/`])).toBe(inside)
  if (path === '') return
  await call('reveal', path)
  await call('startDrag', [join(directory, 'photos/b'), path])
  expect([told.revealed.length, told.dragged.length]).toEqual(inside ? [1, 1] : [0, 0])
})

test('what is dragged are all of them', async () => {
  const files = ['a', 'b'].map((name) => join(directory, 'photos', name))
  await call('startDrag', files)
  expect(told.dragged).toEqual([{ file: files[0], files, icon: '/icon.png' }])
})

test('the app is ended', async () => {
  await call('quit')
  expect(told.quits).toBe(1)
})

test('a directory is chosen, or none', async () => {
  expect(await call('pickFolder')).toBeNull()
  told.picked = ['/home/me/docs']
  expect(await call('pickFolder')).toBe('/home/me/docs')
})

test.runIf(process.platform === 'linux')('the app starts at login where that is wanted, without a window', async () => {
  const file = join(directory, 'autostart/holdfast.desktop')
  expect(await call('loginItem')).toBe(false)
  await call('setLoginItem', true)
  expect(await call('loginItem')).toBe(true)
  expect(readFileSync(file, 'utf8')).toMatch(/^\[Desktop Entry\]\nType=Application\nName=Holdfast\nExec="\/.+" --hidden\n$/)
  await call('setLoginItem', false)
  expect([await call('loginItem'), existsSync(file)]).toEqual([false, false])
})
