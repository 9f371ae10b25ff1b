import type { tray as en } from '../en/tray.ts'

export const tray: Record<keyof typeof en, string> = {
  'tray.title': 'Holdfast',
}
