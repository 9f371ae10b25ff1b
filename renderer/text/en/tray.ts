export const tray = {
  'tray.title': 'Holdfast',
} as const
