import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { app, Menu, Notification, protocol, session } from 'electron'
import type { Client } from '#api/client'
import { hostPage, transportTo } from '#api/page'
import { linkIn, placeOf } from '../renderer/shell/links.ts'
import { Notices, noticesOf } from '../renderer/shell/notices.ts'
import { follow, type Standing } from '../renderer/shell/standing.ts'
import { textsFor, type Texts } from '../renderer/shell/texts.ts'
import type { Command } from '../renderer/shell/tray-menu.ts'
import { Daemon } from './daemon.ts'
import { answerPage, HIDDEN } from './ipc.ts'
import { denyPermissions, guard, ORIGIN, SCHEME, SCHEMES } from './security.ts'
import { TrayIcon } from './tray.ts'
import { lookForUpdates } from './updates.ts'
import { Windows } from './windows.ts'

/** As in electron-builder.yml: Windows shows notices of an app that it knows by this. */
const APP_ID = 'app.holdfast.desktop'
/** Until a daemon that is gone is looked for again; the longer, the more often in a row. */
const AGAIN_MS = 2_000
const MOST_MS = 60_000

/** `root`: the directory of `dist/` and `resources/`; `home`: the daemon's. */
export function startShell({ root, home }: { root: string; home: string }): void {
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged(SCHEMES)
  // Whoever starts it once more wants to see it.
  if (!app.requestSingleInstanceLock()) return app.quit()
  if (app.isPackaged) app.setAsDefaultProtocolClient('holdfast')
  app.setAppUserModelId(APP_ID)
  const link = linkIn(process.argv)
  let open = (place?: string): void => void app.whenReady().then(() => open(place))
  app.on('second-instance', (_, argv) => open(placeOf(linkIn(argv) ?? '') ?? undefined))
  app.on('open-url', (_, url) => open(placeOf(url) ?? undefined))
  app.on('activate', () => open())
  app.on('window-all-closed', () => undefined) // It goes on in the tray.
  void app.whenReady().then(() => {
    open = run(root, new Daemon(home, join(root, 'dist')))
    if (!HIDDEN.some((word) => process.argv.includes(word))) open(placeOf(link ?? '') ?? undefined)
  })
}

/** All that runs while the app does. Returns what opens the window. */
function run(root: string, daemon: Daemon): (place?: string) => void {
  const t = textsFor(app.getPreferredSystemLanguages())
  const windows = new Windows(join(root, 'dist/electron/preload.cjs'))
  const open = (place?: string): void => windows.open(place)
  let socket: string | null = null
  let now: { standing: Standing; api: Client } | null = null

  denyPermissions(session.defaultSession)
  app.on('web-contents-created', (_, contents) => guard(contents, open))
  protocol.handle(SCHEME, hostPage({ directory: join(root, 'dist/ui'), origin: ORIGIN, socket: () => socket }))
  answerPage({
    roots: () => now?.standing.folders.flatMap(({ path }) => path ?? []) ?? [],
    dragIcon: join(root, 'resources/tray/idle@2x.png'),
  })
  Menu.setApplicationMenu(applicationMenu(t))
  const command = (told: Command): void => {
    if (told === 'quit') app.quit()
    else if (typeof told === 'object' && 'open' in told) open(told.open)
    else if (now !== null) void act(now.api, now.standing, told)
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
  let pause = AGAIN_MS
  const tell = (standing: Standing, api: Client): void => {
    now = { standing, api }
    pause = AGAIN_MS
    tray.show(standing)
    for (const { title, body, place } of notices.fresh(noticesOf(standing, t))) {
      const notice = new Notification({ title, body })
      notice.on('click', () => open(place)).on('close', () => shown.delete(notice))
      shown.add(notice)
      notice.show()
    }
  }

  const ending = new AbortController()
  const watch = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        socket = await daemon.reach()
        await follow(transportTo(socket), tell, ending.signal)
      } catch {
        // It is started anew, or was by somebody else.
      }
      socket = now = null
      tray.show(null)
      await sleep(pause)
      pause = Math.min(2 * pause, MOST_MS)
    }
  }
  void watch()
  void lookForUpdates()
  app.on('before-quit', (event) => {
    if (windows.isEnding) return
    event.preventDefault()
    ending.abort()
    windows.isEnding = true
    void daemon.stop().finally(() => app.quit())
  })
  return open
}

async function act(api: Client, { folders }: Standing, told: { pause: number | null } | 'resume'): Promise<void> {
  const wanted = folders.filter(({ state }) => state !== 'offered' && (state === 'paused') === (told === 'resume'))
  await Promise.allSettled(
    wanted.map(({ id: folder }) =>
      told === 'resume' ? api.resumeFolder({ folder }) : api.pauseFolder({ folder, forSeconds: told.pause }),
    ),
  )
}

/** For its keys: copy and paste, and the size of all. */
function applicationMenu(t: Texts): Menu {
  return Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { role: 'editMenu' },
    {
      label: t('shell.view'),
      submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { role: 'togglefullscreen' }],
    },
    { role: 'windowMenu' },
  ])
}
