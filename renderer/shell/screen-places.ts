import type { Look } from './standing.ts'

export interface Size {
  width: number
  height: number
}
/** On the screens; px, from the main one's corner. */
export interface Box extends Size {
  x: number
  y: number
}

export const SIZE = { width: 1180, height: 780 }
/** The window, and the popover, as Electron's options; both are shown when they are wanted. */
export const WINDOW = { minWidth: 360, minHeight: 400, show: false, title: 'Holdfast', autoHideMenuBar: true }
export const POPOVER = {
  ...{ width: 360, height: 520, show: false, frame: false, resizable: false },
  ...{ skipTaskbar: true, alwaysOnTop: true, fullscreenable: false },
}

/** Can a window be seen, and moved, in what the system leaves of a screen? */
export function isSeen(bounds: Box, { x, y, width, height }: Box): boolean {
  return bounds.x < x + width && bounds.x + bounds.width > x && bounds.y >= y && bounds.y < y + height
}

const GAP = 4

/** Where the popover goes: by its icon, towards the middle of the screen, and whole within what the system leaves of that. */
export function position(icon: Box, area: Box, { width, height }: Size): { x: number; y: number } {
  const within = (at: number, from: number, room: number): number => Math.round(Math.max(from, Math.min(at, from + room)))
  const isAbove = icon.y + icon.height / 2 < area.y + area.height / 2
  return {
    x: within(icon.x + icon.width / 2 - width / 2, area.x, area.width - width),
    y: within(isAbove ? icon.y + icon.height + GAP : icon.y - height - GAP, area.y, area.height - height),
  }
}

/** The file of an icon: macOS tints templates itself, and Linux has larger trays. */
export const iconFile = (look: Look, platform: string): string =>
  `${look}${platform === 'darwin' ? 'Template' : platform === 'linux' ? 'Linux' : ''}.png`
