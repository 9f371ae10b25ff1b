import type { Session, WebContents } from 'electron'
import { beforeEach, expect, test } from 'vitest'
import { denyPermissions, guard, openExternally, webPreferences } from '../../electron/security.ts'
import { isExternal, placeAt } from '../../renderer/shell/addresses.ts'
import { begin, BrowserWindow, handlers, session, told } from './fake-electron.ts'

beforeEach(() => begin({ userData: '' }))

test.each([
  ['app://holdfast', '/'],
  ['app://holdfast/', '/'],
  ['app://holdfast/files?folder=a&path=b#c', '/files?folder=a&path=b'],
  ['APP://holdfast/peers', '/peers'],
])('%s is a place in the page', (url, place) => {
  expect(placeAt(url)).toBe(place)
})

const HOSTILE = [
  '',
  'app:',
  'app:holdfast/',
  'app://',
  'app://holdfast.example/',
  'app://holdfast@evil.example/',
  'app://me:secret@holdfast/',
  'app://holdfast:8080/',
  'app://evil/holdfast',
  'apps://holdfast/',
  'file:///etc/passwd',
  'FILE:///etc/passwd',
  'http://holdfast/',
  'http://127.0.0.1:8390/',
  'https://example.com/',
  'javascript:alert(1)',
  ' javascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:app://holdfast/0',
  'blob:https://example.com/0',
  'about:blank',
  'chrome://settings',
  'devtools://devtools/bundled/inspector.html',
  'view-source:app://holdfast/',
  'filesystem:app://holdfast/temporary/x',
  'ftp://holdfast/',
  'ws://holdfast/',
  'holdfast://join/abc',
  'smb://server/share/x.exe',
  '\\\\server\\share\\x.exe',
  'ms-msdt:/id',
  'vbscript:x',
]

test.each(HOSTILE)('%j is no place in the page: nothing goes there, and no window opens for it', (url) => {
  expect(placeAt(url)).toBeNull()
  expect(isExternal(url)).toBe(false)
  const { webContents } = new BrowserWindow({})
  const opened: string[] = []
  guard(webContents as unknown as WebContents, (place) => opened.push(place))
  for (const name of ['will-navigate', 'will-redirect', 'will-attach-webview']) {
    let isPrevented = false
    webContents.emit(name, { url, preventDefault: () => (isPrevented = true) })
    expect(isPrevented, name).toBe(true)
  }
  expect(webContents.openWindow({ url } as Parameters<typeof webContents.openWindow>[0])).toEqual({ action: 'deny' })
  expect([opened, told.opened]).toEqual([[], []])
})

test('a link within the page may be followed; one that opens a window shows in the window there is', () => {
  const { webContents } = new BrowserWindow({})
  const opened: string[] = []
  guard(webContents as unknown as WebContents, (place) => opened.push(place))
  let isPrevented = false
  webContents.emit('will-navigate', { url: 'app://holdfast/peers', preventDefault: () => (isPrevented = true) })
  expect(isPrevented).toBe(false)
  const url = 'app://holdfast/history?folder=a'
  expect(webContents.openWindow({ url } as Parameters<typeof webContents.openWindow>[0])).toEqual({ action: 'deny' })
  expect(opened).toEqual(['/history?folder=a'])
})

test.each([
  ['https://nodejs.org/en', true],
  ['https://NODEJS.org/', true],
  ['http://nodejs.org/', false],
  ['https://nodejs.org:8443/', false],
  ['https://me@nodejs.org/', false],
  ['https://nodejs.org.example.com/', false],
  ['https://example.com/?https://nodejs.org/', false],
  ['https://nodejs.org\\@example.com/', true],
  ['https://example.com\\@nodejs.org/', false],
])('%s in the browser of the system: %s', (url, may) => {
  openExternally(url)
  expect(told.opened).toEqual(may ? [new URL(url).href] : [])
})

test('the page is permitted to copy to the clipboard, and nothing else; another origin not even that', () => {
  denyPermissions(session.defaultSession as unknown as Session)
  const at = (loaded: string) => ({ getURL: () => loaded }) as WebContents
  const requested = (permission: string, url: string): boolean => {
    let granted = true
    const details = {} as Parameters<NonNullable<typeof handlers.setPermissionRequestHandler>>[3]
    handlers.setPermissionRequestHandler?.(at(url), permission as 'usb', (decision) => (granted = decision), details)
    return granted
  }
  const checked = (permission: string, origin: string): boolean | undefined =>
    handlers.setPermissionCheckHandler?.(null, permission as 'usb', origin, {} as never)
  for (const ask of [requested, checked]) {
    expect(ask('clipboard-sanitized-write', 'app://holdfast/')).toBe(true)
    expect(ask('clipboard-sanitized-write', 'https://example.com/')).toBe(false)
    for (const permission of [
      'clipboard-read',
      'geolocation',
      'media',
      'notifications',
      'openExternal',
      'fileSystem',
      'hid',
      'unknown',
    ])
      expect(ask(permission, 'app://holdfast/'), permission).toBe(false)
  }
  expect(handlers.setDevicePermissionHandler?.({} as never)).toBe(false)
})

test('a window is a sandbox without Node', () => {
  expect(webPreferences('/preload.cjs')).toEqual({
    preload: '/preload.cjs',
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  })
})
