import { Menu, nativeImage, Tray, type Rectangle } from 'electron'
import { iconFile } from '../renderer/shell/screen-places.ts'
import { lookOf, type Look, type Standing } from '../renderer/shell/standing.ts'
import type { Texts } from '../renderer/shell/texts.ts'
import { template, type Command } from '../renderer/shell/tray-menu.ts'

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

  /** `fault`: why there is no daemon. */
  show(standing: Standing | null, fault: string | null = null): void {
    const { platform, t, run } = this.#parts
    const entries = template(standing, t, run, fault)
    const shown = JSON.stringify(entries)
    if (shown === this.#shown) return
    this.#shown = shown
    const menu = Menu.buildFromTemplate(entries)
    this.#tray.setImage(this.#image(fault === null ? lookOf(standing) : 'attention'))
    this.#tray.setToolTip(`Holdfast – ${fault === null ? t(`shell.state.${lookOf(standing)}`) : t('shell.fault')}`)
    if (platform === 'linux') return this.#tray.setContextMenu(menu)
    this.#tray.removeAllListeners('right-click').on('right-click', () => this.#tray.popUpContextMenu(menu))
  }

  #image(look: Look): Electron.NativeImage {
    return nativeImage.createFromPath(`${this.#parts.icons}/${iconFile(look, this.#parts.platform)}`)
  }
}
