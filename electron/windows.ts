import { join } from 'node:path'
import { app, BrowserWindow, screen, type Rectangle } from 'electron'
import { WindowFile } from '#api/page'
import { ORIGIN, placeAt } from '../renderer/shell/addresses.ts'
import { isSeen, POPOVER, position, SIZE, WINDOW } from '../renderer/shell/screen-places.ts'
import { webPreferences } from './security.ts'

const CLICK_MS = 250

/** The window, which is hidden when it is closed, and the popover by the tray's icon. */
export class Windows {
  readonly #preload: string
  readonly #file = new WindowFile(join(app.getPath('userData'), 'window.json'))
  #main: BrowserWindow | null = null
  #popover: BrowserWindow | null = null
  /** When the popover was, ms. */
  #hidden = 0
  /** The app ends: what is closed stays closed. */
  isEnding = false

  constructor(preload: string) {
    this.#preload = preload
  }

  /** Shows the window, and a place in it; without one what was there. */
  open(place?: string): void {
    if (this.#main === null) this.#main = this.#create(place ?? '/')
    else if (place !== undefined && this.#main.webContents.isLoading()) void this.#main.loadURL(`${ORIGIN}${place}`)
    else if (place !== undefined) this.#main.webContents.send('open', place)
    if (this.#main.isMinimized()) this.#main.restore()
    this.#main.show()
    this.#main.focus()
  }

  togglePopover(icon: Rectangle): void {
    const popover = (this.#popover ??= this.#createPopover())
    // The click that would hide it has taken the focus from it already.
    if (popover.isVisible() || Date.now() - this.#hidden < CLICK_MS) return popover.hide()
    const { x, y } = position(icon, screen.getDisplayMatching(icon).workArea, POPOVER)
    popover.setPosition(x, y)
    popover.show()
  }

  #create(place: string): BrowserWindow {
    const window = new BrowserWindow({
      ...this.#bounds(),
      ...WINDOW,
      webPreferences: webPreferences(this.#preload),
    })
    window.on('close', (event) => {
      if (!this.isEnding) {
        event.preventDefault()
        window.hide()
      }
      this.#file.keep(window.getNormalBounds())
    })
    window.on('closed', () => (this.#main = null))
    void window.loadURL(`${ORIGIN}${place}`)
    return window
  }

  #createPopover(): BrowserWindow {
    const popover = new BrowserWindow({
      ...POPOVER,
      webPreferences: webPreferences(this.#preload),
    })
    // A link that leads on from there is one of the window.
    popover.webContents.on('did-navigate-in-page', (_, url) => {
      const place = placeAt(url)
      if (place === null || place.startsWith('/tray')) return
      popover.hide()
      this.open(place)
      void popover.loadURL(`${ORIGIN}/tray`)
    })
    popover.on('blur', () => popover.hide()).on('hide', () => (this.#hidden = Date.now()))
    popover.on('closed', () => (this.#popover = null))
    void popover.loadURL(`${ORIGIN}/tray`)
    return popover
  }

  /** As the window was left, if there is a screen there still. */
  #bounds(): Partial<Rectangle> {
    const { kept } = this.#file
    return kept !== null && isSeen(kept, screen.getDisplayMatching(kept).workArea) ? kept : SIZE
  }
}
