import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startShell } from '../../electron/shell.ts'
import type { MenuEntry } from '../../renderer/shell/tray-menu.ts'
import { folderStatus, pairing } from '../api/memory-backend.ts'
import { startServer, type RunningServer } from '../api/running-server.ts'
import { app, begin, powerMonitor, told, type BrowserWindow, type Tray } from './fake-electron.ts'
import { until } from './until.ts'

let directory: string
let running: RunningServer
const { argv, platform } = process

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-shell-'))
  mkdirSync(join(directory, 'dist/ui'), { recursive: true })
  mkdirSync(join(directory, 'dist/electron'))
  writeFileSync(join(directory, 'dist/ui/index.html'), 'the page')
  // A daemon of its own would not start here.
  writeFileSync(join(directory, 'dist/electron/daemon.js'), 'process.exit(1)')
  running = await startServer()
  begin({ userData: directory })
})
afterEach(async () => {
  app.quit()
  await until(() => {
    if (told.quits === 0) throw new Error('the app is still there')
  })
  await running.close()
  rmSync(directory, { recursive: true })
  process.argv = argv
  Object.defineProperty(process, 'platform', { value: platform })
})

async function start(words: string[] = [], on: NodeJS.Platform = 'linux'): Promise<{ window: BrowserWindow; tray: Tray }> {
  process.argv = ['/opt/holdfast', ...words]
  Object.defineProperty(process, 'platform', { value: on })
  startShell({ root: directory, home: running.home })
  await until(() => expect(told.trays[0]!.tip).toContain('Something needs you'))
  return { window: told.windows[0]!, tray: told.trays[0]! }
}

const menu = (tray: Tray): MenuEntry[] => tray.menus.at(-1) as unknown as MenuEntry[]
function choose(tray: Tray, ...labels: string[]): void {
  let entries = menu(tray)
  let found: MenuEntry | undefined
  for (const label of labels) {
    found = entries.find((entry) => entry.label === label)
    entries = found?.submenu ?? []
  }
  if (found?.click === undefined) throw new Error(`there is no ${labels.join(' > ')}`)
  found.click()
}

describe('the app', () => {
  it('begins with all that Electron wants before anything is open, and shows the page that runs', async () => {
    const { window } = await start()
    expect(told.sandboxed).toBe(true)
    expect(told.privileges).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
    ])
    expect([window.webContents.loaded, window.visible]).toEqual(['app://holdfast/', true])
    const page = told.schemes.get('app')!
    expect(await (await page(new Request('app://holdfast/files'))).text()).toBe('the page')
    expect(await (await page(new Request('app://holdfast/api/v1/status'))).json()).toMatchObject({ name: 'desk' })
  })

  it('is there once: a second one ends, and shows the window of the first', async () => {
    const { window } = await start(['--hidden'])
    expect(window).toBeUndefined()
    app.emit('second-instance', {}, ['/opt/holdfast'])
    expect([told.windows.length, told.windows[0]!.visible]).toEqual([1, true])
    app.quit()
    await until(() => expect(told.quits).toBe(1))
    begin({ userData: directory, first: false })
    startShell({ root: directory, home: running.home })
    expect([told.quits, told.windows, told.trays]).toEqual([1, [], []])
  })

  it('opens an invite: of its own start, of another one, and of macOS; whatever else comes shows the window alone', async () => {
    const { window } = await start(['holdfast://join/hf1abc'])
    expect(window.webContents.loaded).toBe('app://holdfast/peers?join=hf1abc')
    app.emit('second-instance', {}, ['/opt/holdfast', 'holdfast://join/hf1def'])
    app.emit('open-url', {}, 'holdfast://join/hf1ghi')
    app.emit('open-url', {}, 'holdfast://join/../settings')
    expect(window.webContents.sent).toEqual([
      ['open', '/peers?join=hf1def'],
      ['open', '/peers?join=hf1ghi'],
    ])
    window.webContents.loading = true
    app.emit('open-url', {}, 'holdfast://join/hf1jkl')
    expect(window.webContents.loaded).toBe('app://holdfast/peers?join=hf1jkl')
  })

  it('stays when its window is closed, and remembers where that was', async () => {
    const { window } = await start()
    expect(window.options).toMatchObject({ width: 1180, height: 780 })
    window.close()
    expect([window.visible, told.windows.length]).toEqual([false, 1])
    app.emit('window-all-closed')
    expect(told.quits).toBe(0)
    app.emit('activate')
    expect([window.visible, told.windows.length]).toEqual([true, 1])
    expect(JSON.parse(readFileSync(join(directory, 'window.json'), 'utf8'))).toEqual({ x: 5, y: 6, width: 700, height: 800 })
  })

  it.each([
    ['{"x":5,"y":6,"width":700,"height":800}', { x: 5, y: 6, width: 700, height: 800 }],
    ['{"x":5000,"y":6,"width":700,"height":800}', { width: 1180, height: 780 }],
    ['{"x":0,"y":0,"width":1,"height":1}', { width: 1180, height: 780 }],
    ['rubbish', { width: 1180, height: 780 }],
  ])('opens where it was (%s), if that can be seen', async (kept, bounds) => {
    writeFileSync(join(directory, 'window.json'), kept)
    const { window } = await start()
    expect(window.options).toMatchObject(bounds)
    expect(window.options.x).toBe('x' in bounds ? bounds.x : undefined)
  })
})

describe('its tray', () => {
  it('shows how it stands as that changes, and does what its menu says', async () => {
    const { tray, window } = await start()
    expect(tray.image).toBe(`${directory}/resources/tray/attentionLinux.png`)
    running.backend.folderList = [folderStatus('docs', 'd'.repeat(26), { state: 'syncing' })]
    running.backend.announce({ event: 'resync', data: {} })
    await until(() => expect(tray.image).toContain('syncingLinux.png'))
    const before = tray.menus.length
    choose(tray, 'Folders', 'docs: syncing')
    expect(window.webContents.sent).toEqual([['open', `/?folder=${'d'.repeat(26)}`]])
    choose(tray, 'Pause syncing', 'For 1 hour')
    await until(() => expect(tray.image).toContain('pausedLinux.png'))
    expect(tray.menus.length).toBeGreaterThan(before)
    expect(running.backend.calls.at(-1)).toEqual({ name: 'pauseFolder', input: { folder: 'd'.repeat(26), forSeconds: 3600 } })
    choose(tray, 'Resume syncing')
    await until(() => expect(tray.image).toContain('idleLinux.png'))
  })

  it('has a popover elsewhere: by the icon, gone when something else is clicked, and its links lead to the window', async () => {
    const { tray, window } = await start([], 'darwin')
    expect(tray.menus).toEqual([])
    const icon = { x: 1000, y: 0, width: 20, height: 20 }
    tray.emit('click', {}, icon)
    const popover = told.windows[1]!
    expect(popover.options).toMatchObject({ width: 360, height: 520, frame: false })
    expect([popover.webContents.loaded, popover.visible, popover.at]).toEqual(['app://holdfast/tray', true, [830, 24]])
    popover.emit('blur')
    expect(popover.visible).toBe(false)
    tray.emit('click', {}, icon) // The click that took the focus.
    expect(popover.visible).toBe(false)
    vi.setSystemTime(Date.now() + 1_000)
    tray.emit('click', {}, icon)
    vi.useRealTimers()
    expect([popover.visible, told.windows.length]).toEqual([true, 2])
    popover.webContents.emit('did-navigate-in-page', {}, 'app://holdfast/tray?x=1')
    expect(popover.visible).toBe(true)
    popover.webContents.emit('did-navigate-in-page', {}, 'app://holdfast/conflicts')
    expect([popover.visible, window.webContents.sent]).toEqual([false, [['open', '/conflicts']]])
    tray.emit('right-click')
    expect(menu(tray)[0]!.label).toBe('Something needs you')
  })

  it('gives notice of what needs somebody, which opens the place for it', async () => {
    const { window } = await start()
    expect(told.notices).toEqual([])
    const waiting = pairing(running.backend.nearbyList[0]!)
    running.backend.announce({ event: 'pairings', data: [waiting] })
    await until(() => expect(told.notices.map(({ title }) => title)).toEqual(['phone wants to pair with this device']))
    running.backend.announce({ event: 'pairings', data: [waiting] })
    told.notices[0]!.emit('click')
    expect(window.webContents.sent).toEqual([['open', '/peers']])
    expect(told.notices.length).toBe(1)
  })

  it('says that no daemon answers where that ends, and finds the next one', async () => {
    const { tray } = await start()
    const { home, backend } = running
    await running.server.stop()
    await until(() => expect(tray.image).toContain('offlineLinux.png'))
    const page = told.schemes.get('app')!
    expect((await page(new Request('app://holdfast/api/v1/status'))).status).toBe(503)
    running = await startServer({ home }, backend)
    await until(() => expect(tray.image).toContain('attentionLinux.png'))
  })
})

describe('what goes wrong', () => {
  it('is said where no daemon can be started: in the tray, by one notice, and to the page', async () => {
    const said = JSON.stringify({ error: { code: 'denied', message: 'the home is not yours' } })
    writeFileSync(join(directory, 'dist/electron/daemon.js'), `console.error(${JSON.stringify(said)}); process.exit(1)`)
    process.argv = ['/opt/holdfast']
    startShell({ root: directory, home: directory })
    const text = `the home is not yours (log: ${join(directory, 'logs', 'holdfast.log')})`
    await until(() => expect(told.notices.map(({ body }) => body)).toEqual([text]))
    expect(told.trays[0]!.tip).toBe('Holdfast – Holdfast cannot start')
    expect(menu(told.trays[0]!).map(({ label }) => label)).toContain(text)
    const answer = await told.schemes.get('app')!(new Request('app://holdfast/api/v1/status'))
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'no-daemon', message: text } }])
  })

  it('in the start itself is shown, and ends the app', async () => {
    rmSync(join(directory, 'dist/ui'), { recursive: true })
    told.schemes.set = () => {
      throw new Error('no such scheme')
    }
    startShell({ root: directory, home: running.home })
    await until(() => expect(told.exits).toEqual([1]))
    expect(told.errors).toEqual([expect.stringContaining('no such scheme')])
    told.quits++ // It is gone already.
  })

  it('with the page has it loaded again', async () => {
    const { window } = await start()
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    await until(() => expect(window.webContents.reloads).toBe(1))
  })

  it('with the page again and again is left alone after three times, until somebody wants it', async () => {
    const { window } = await start()
    const { webContents } = window
    const crash = (): void => void webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    vi.useFakeTimers()
    try {
      for (const reloads of [1, 2, 3, 3, 3]) {
        crash()
        await vi.advanceTimersByTimeAsync(1_100)
        expect(webContents.reloads).toBe(reloads)
      }
      expect(told.asked.map(([message]) => message)).toEqual(['The window of Holdfast crashed again and again'])
      told.asked[0]![1](0)
      await vi.advanceTimersByTimeAsync(0)
      expect(webContents.reloads).toBe(4)
    } finally {
      vi.useRealTimers()
    }
  })

  it('with the file of the window does not keep it from hiding', async () => {
    const { window } = await start()
    mkdirSync(join(directory, 'window.json'))
    window.close()
    expect([window.visible, told.windows.length]).toEqual([false, 1])
  })

  it('does not hold up the end of a session', async () => {
    await start()
    powerMonitor.emit('shutdown')
    app.quit()
    expect(told.quits).toBe(1)
  })

  it('shows no window where macOS started it at login', async () => {
    told.wasOpenedAtLogin = true
    expect((await start([], 'darwin')).window).toBeUndefined()
  })
})
