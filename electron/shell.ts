import { join } from 'node:path'
import { app, dialog, Menu, Notification, powerMonitor, protocol, session } from 'electron'
import type { Client, Transport } from '#api/client'
import { hostPage, transportTo } from '#api/page'
import { ORIGIN, SCHEME, SCHEMES } from '../renderer/shell/addresses.ts'
import { applicationMenu } from '../renderer/shell/application-menu.ts'
import { NoDaemonError } from '../renderer/shell/last-words.ts'
import { linkIn } from '../renderer/shell/links.ts'
import { Notices, noticesOf, type Notice } from '../renderer/shell/notices.ts'
import { Opening } from '../renderer/shell/opening.ts'
import { Revival } from '../renderer/shell/revival.ts'
import type { Standing } from '../renderer/shell/standing.ts'
import { textsFor } from '../renderer/shell/texts.ts'
import type { Command } from '../renderer/shell/tray-menu.ts'
import { pauseOrResume, watch } from '../renderer/shell/watch.ts'
import { Daemon } from './daemon.ts'
import { answerPage, portable, startsHidden } from './ipc.ts'
import { denyPermissions, guard } from './security.ts'
import { TrayIcon } from './tray.ts'
import { lookForUpdates } from './updates.ts'
import { Windows } from './windows.ts'

/** As in electron-builder.yml: Windows shows notices of an app that it knows by this. */
const APP_ID = 'app.holdfast.desktop'

/** `root`: the directory of `dist/` and `resources/`; `home`: the daemon's. */
export function startShell({ root, home }: { root: string; home: string }): void {
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged(SCHEMES)
  // Whoever starts it once more wants to see it.
  if (!app.requestSingleInstanceLock()) return app.quit()
  if (app.isPackaged) app.setAsDefaultProtocolClient('holdfast', portable())
  app.setAppUserModelId(APP_ID)
  const opening = new Opening(linkIn(process.argv))
  app.on('second-instance', (_, argv) => opening.open(linkIn(argv)))
  app.on('open-url', (_, url) => opening.open(url))
  app.on('activate', () => opening.open(null))
  app.on('window-all-closed', () => undefined) // It goes on in the tray.
  const begin = (): void => opening.begin(run(root, home), startsHidden())
  const failed = (error: unknown): void => {
    dialog.showErrorBox('Holdfast', error instanceof Error ? (error.stack ?? error.message) : String(error))
    app.exit(1)
  }
  void app.whenReady().then(begin).catch(failed)
}

/** All that runs while the app does. Returns what opens the window. */
function run(root: string, home: string): (place?: string) => void {
  const daemon = new Daemon(home, join(root, 'dist'))
  const t = textsFor(app.getPreferredSystemLanguages())
  const windows = new Windows(join(root, 'dist/electron/preload.cjs'))
  const open = (place?: string): void => windows.open(place)
  let socket: string | null = null
  let now: { standing: Standing; api: Client } | null = null

  denyPermissions(session.defaultSession)
  let fault: string | null = null
  const loadsAgain = async (): Promise<boolean> => {
    const buttons = [t('shell.load-again'), t('shell.leave')]
    const words = { message: t('shell.crashed'), detail: t('shell.crashed.how') }
    return (await dialog.showMessageBox({ type: 'error', ...words, buttons, cancelId: 1 })).response === 0
  }
  app.on('web-contents-created', (_, contents) => {
    guard(contents, open)
    const revival = new Revival(() => contents.isDestroyed() || contents.reload(), loadsAgain)
    contents.on('render-process-gone', (_gone, { reason }) => reason === 'clean-exit' || revival.died())
  })
  const page = { directory: join(root, 'dist/ui'), origin: ORIGIN }
  protocol.handle(SCHEME, hostPage({ ...page, socket: () => socket, fault: () => fault }))
  answerPage({
    roots: () => now?.standing.folders.flatMap(({ path }) => path ?? []) ?? [],
    dragIcon: join(root, 'resources/tray/idle@2x.png'),
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(applicationMenu(t, process.platform)))
  const command = (told: Command): void => {
    if (told === 'quit') app.quit()
    else if (typeof told === 'object' && 'open' in told) open(told.open)
    else if (now !== null) void pauseOrResume(now.api, now.standing, told)
  }
  const tray = new TrayIcon({
    platform: process.platform,
    icons: join(root, 'resources/tray'),
    t,
    run: command,
    popover: (icon) => windows.togglePopover(icon),
  })
  const notices = new Notices()
  const shown = new Set<Notification>() // What nobody holds is collected, and its click with it.
  const notify = ({ title, body, place }: Omit<Notice, 'key'>): void => {
    const notice = new Notification({ title, body })
    notice.on('click', () => open(place)).on('close', () => shown.delete(notice))
    shown.add(notice)
    notice.show()
  }
  const tell = (standing: Standing, api: Client): void => {
    now = { standing, api }
    fault = null
    tray.show(standing)
    for (const notice of notices.fresh(noticesOf(standing, t))) notify(notice)
  }
  const gone = (why: unknown): void => {
    socket = now = null
    const before = fault
    if (why instanceof NoDaemonError)
      fault = t('shell.fault.how', { reason: why.message, log: join(home, 'logs', 'holdfast.log') })
    tray.show(null, fault)
    if (fault !== null && fault !== before) notify({ title: t('shell.fault'), body: fault, place: '/' })
  }

  const ending = new AbortController()
  const reach = async (): Promise<Transport> => transportTo((socket = await daemon.reach()))
  void watch({ reach, tell, gone, signal: ending.signal })
  void lookForUpdates()
  const end = async (): Promise<void> => {
    ending.abort()
    windows.isEnding = true
    await daemon.stop()
  }
  app.on('before-quit', (event) => {
    if (windows.isEnding) return
    event.preventDefault()
    void end().finally(() => app.quit())
  })
  // Whoever holds up the end of the session cancels it on macOS: the daemon is told, and what it does not manage it takes up again later.
  powerMonitor.on('shutdown', () => void end())
  return open
}
