import { resolve } from 'node:path'
import { app, dialog, ipcMain, shell, type WebContents } from 'electron'
import * as z from 'zod'
import { Autostart, isInside } from '#api/page'
import { ORIGIN } from '../renderer/shell/addresses.ts'
import { openExternally } from './security.ts'

/** Every call of the page comes through here: out of the top frame of our own origin alone, and of the shape that is expected. */
export function handle<In extends z.ZodType>(
  channel: string,
  input: In,
  act: (input: z.output<In>, page: WebContents) => unknown,
): void {
  ipcMain.handle(channel, (event, raw: unknown) => {
    const frame = event.senderFrame
    if (frame === null || frame.parent !== null || frame.origin !== ORIGIN)
      throw new Error(`${channel}: only the page of this app may ask`)
    return act(input.parse(raw), event.sender)
  })
}

const Path = z.string().min(1).max(32_767)

/** What the preload exposes. Paths out of the page have to be in one of the folders (`roots`), and nothing is ever run. */
export function answerPage({ roots, dragIcon }: { roots: () => readonly string[]; dragIcon: string }): void {
  handle('pickFolder', z.undefined(), async () => {
    const { filePaths } = await dialog.showOpenDialog({ properties: ['openDirectory', 'createDirectory'] })
    return filePaths[0] ?? null
  })
  handle('reveal', Path, (path) => {
    if (isInside(path, roots())) shell.showItemInFolder(resolve(path))
  })
  handle('startDrag', z.array(Path).min(1).max(1_000), (paths, page) => {
    const [file] = paths
    if (file !== undefined && paths.every((path) => isInside(path, roots())))
      page.startDrag({ file, files: paths, icon: dragIcon })
  })
  handle('quit', z.undefined(), () => app.quit())
  handle('openExternal', z.string().max(2_048), openExternally)
  handle('loginItem', z.undefined(), () =>
    process.platform === 'linux' ? autostart().isOn : app.getLoginItemSettings(atLogin()).openAtLogin,
  )
  handle('setLoginItem', z.boolean(), (open) => {
    if (process.platform !== 'linux') app.setLoginItemSettings({ openAtLogin: open, ...atLogin() })
    else autostart().set(open)
  })
}

/** Started with this, the app shows no window. */
const HIDDEN = ['--hidden']

/** The system started it, not somebody who wants to see it. macOS passes no words, and says so. */
export const startsHidden = (): boolean =>
  process.platform === 'darwin' ? app.getLoginItemSettings().wasOpenedAtLogin : process.argv.includes(HIDDEN.join(' '))

/** Windows' portable program runs out of a directory that is gone afterwards; undefined for all other ones. */
export const portable = (): string | undefined => process.env['PORTABLE_EXECUTABLE_FILE']

const atLogin = (): { path?: string; args?: string[] } =>
  process.platform === 'win32' ? { path: portable() ?? process.execPath, args: HIDDEN } : {}

const autostart = (): Autostart => new Autostart(app.getPath('appData'), process.env['APPIMAGE'] ?? process.execPath, HIDDEN)
