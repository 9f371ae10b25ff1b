import { Menu, nativeImage, Tray, type Point, type Rectangle, type Size } from 'electron'
import { lookOf, type Look, type Standing } from '../renderer/shell/standing.ts'
import type { Texts } from '../renderer/shell/texts.ts'
import { template, type Command } from '../renderer/shell/tray-menu.ts'

const GAP = 4

/** Where the popover goes: by its icon, towards the middle of the screen, and whole within what the system leaves of that. */
export function position(icon: Rectangle, area: Rectangle, { width, height }: Size): Point {
  const within = (at: number, from: number, room: number): number => Math.round(Math.max(from, Math.min(at, from + room)))
  const isAbove = icon.y + icon.height / 2 < area.y + area.height / 2
  return {
    x: within(icon.x + icon.width / 2 - width / 2, area.x, area.width - width),
    y: within(isAbove ? icon.y + icon.height + GAP : icon.y - height - GAP, area.y, area.height - height),
  }
}

/** The file of an icon: macOS tints templates itself, and Linux has larger trays. */
export const iconFile = (look: Look, platform: NodeJS.Platform): string =>
  `${look}${platform === 'darwin' ? 'Template' : platform === 'linux' ? 'Linux' : ''}.png`

export interface TrayParts {
  platform: NodeJS.Platform
  /** The directory of the icons. */
  icons: string
  t: Texts
  run: (command: Command) => void
  /** Shows the popover by the icon, or hides it. */
  popover: (icon: Rectangle) => void
}

/** On Linux a menu alone: there no place of the icon is told, and a click comes on some desktops only. */
export class TrayIcon {
  readonly #parts: TrayParts
  readonly #tray: Tray
  #shown = ''

  constructor(parts: TrayParts) {
    this.#parts = parts
    this.#tray = new Tray(this.#image('offline'))
    if (parts.platform === 'linux') this.#tray.on('click', () => parts.run({ open: '/' }))
    else this.#tray.on('click', (_, bounds) => parts.popover(bounds))
    this.show(null)
  }

  show(standing: Standing | null): void {
    const { platform, t, run } = this.#parts
    const entries = template(standing, t, run)
    const shown = JSON.stringify(entries)
    if (shown === this.#shown) return
    this.#shown = shown
    const menu = Menu.buildFromTemplate(entries)
    this.#tray.setImage(this.#image(lookOf(standing)))
    this.#tray.setToolTip(`Holdfast – ${t(`shell.state.${lookOf(standing)}`)}`)
    if (platform === 'linux') return this.#tray.setContextMenu(menu)
    this.#tray.removeAllListeners('right-click').on('right-click', () => this.#tray.popUpContextMenu(menu))
  }

  #image(look: Look): Electron.NativeImage {
    return nativeImage.createFromPath(`${this.#parts.icons}/${iconFile(look, this.#parts.platform)}`)
  }
}
