import type { Texts } from './texts.ts'

/** For its keys: copy and paste, and the size of all. As Electron's template of a menu. */
export const applicationMenu = (t: Texts, platform: string) => [
  ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
  { role: 'editMenu' } as const,
  {
    label: t('shell.view'),
    submenu: (['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'] as const).map((role) => ({ role })),
  },
  { role: 'windowMenu' } as const,
]
