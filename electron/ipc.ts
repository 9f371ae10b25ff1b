import { mkdirSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { app, dialog, ipcMain, shell, type WebContents } from 'electron'
import * as z from 'zod'
import { openExternally, ORIGIN } from './security.ts'

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

/** In a folder's directory, or that itself. */
export function isInside(path: string, roots: readonly string[]): boolean {
  return (
    isAbsolute(path) &&
    roots.some((root) => {
      const way = relative(root, path)
      return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
    })
  )
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
  handle('openExternal', z.string().max(2_048), openExternally)
  handle('loginItem', z.undefined(), () =>
    process.platform === 'linux' ? existsSync(autostartFile()) : app.getLoginItemSettings({ args: HIDDEN }).openAtLogin,
  )
  handle('setLoginItem', z.boolean(), (open) => {
    if (process.platform !== 'linux') app.setLoginItemSettings({ openAtLogin: open, args: HIDDEN })
    else if (open) writeAutostart()
    else rmSync(autostartFile(), { force: true })
  })
}

/** Started with this, the app shows no window. */
export const HIDDEN = ['--hidden']

/** freedesktop.org's Desktop Application Autostart Specification: Electron has nothing for it. */
const autostartFile = (): string => join(app.getPath('appData'), 'autostart', 'holdfast.desktop')

function writeAutostart(): void {
  const program = (process.env['APPIMAGE'] ?? process.execPath).replaceAll(/["`$\\]/g, String.raw`\$&`)
  mkdirSync(join(autostartFile(), '..'), { recursive: true })
  writeFileSync(autostartFile(), `[Desktop Entry]\nType=Application\nName=Holdfast\nExec="${program}" ${HIDDEN.join(' ')}\n`)
}
