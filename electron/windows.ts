import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, BrowserWindow, screen, type Rectangle } from 'electron'
import * as z from 'zod'
import { ORIGIN, placeAt, webPreferences } from './security.ts'
import { position } from './tray.ts'

const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().min(360), height: z.int().min(400) })
const SIZE = { width: 1180, height: 780 }
const POPOVER = { width: 360, height: 520 }
const CLICK_MS = 250

/** The window, which is hidden when it is closed, and the popover by the tray's icon. */
export class Windows {
  readonly #preload: string
  readonly #boundsFile = join(app.getPath('userData'), 'window.json')
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
      minWidth: 360,
      minHeight: 400,
      show: false,
      title: 'Holdfast',
      autoHideMenuBar: true,
      webPreferences: webPreferences(this.#preload),
    })
    window.on('close', (event) => {
      writeFileSync(this.#boundsFile, JSON.stringify(window.getNormalBounds()))
      if (this.isEnding) return
      event.preventDefault()
      window.hide()
    })
    window.on('closed', () => (this.#main = null))
    void window.loadURL(`${ORIGIN}${place}`)
    return window
  }

  #createPopover(): BrowserWindow {
    const popover = new BrowserWindow({
      ...POPOVER,
      show: false,
      frame: false,
      resizable: false,
      skipTaskbar: true,
      alwaysOnTop: true,
      fullscreenable: false,
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
    try {
      const bounds = Bounds.parse(JSON.parse(readFileSync(this.#boundsFile, 'utf8')))
      const { x, y, width, height } = screen.getDisplayMatching(bounds).workArea
      const isSeen = bounds.x < x + width && bounds.x + bounds.width > x && bounds.y >= y && bounds.y < y + height
      return isSeen ? bounds : SIZE
    } catch {
      return SIZE
    }
  }
}
