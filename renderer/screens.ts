import type { ComponentType } from 'react'
import type { Snapshot } from './live/state.ts'
import type { IconName } from './parts/icon.tsx'
import { lazily } from './parts/lazily.ts'
import type { MessageKey } from './text/text.ts'

export interface Screen {
  path: string
  name: MessageKey
  /** Where there is little room. */
  short?: MessageKey
  icon: IconName
  /** Loaded when it is first opened. */
  Show: ComponentType<{ snapshot: Snapshot }>
}

const screen = lazily<{ snapshot: Snapshot }>

/** The places of the UI that the navigation leads to, in its order. The daemon serves the page at each path (`api/http/page-files`). */
export const SCREENS: readonly Screen[] = [
  { path: '/', name: 'nav.folders', icon: 'folder', Show: screen(() => import('./screens/folders.tsx')) },
  { path: '/files', name: 'nav.files', icon: 'file', Show: screen(() => import('./screens/files.tsx')) },
  { path: '/history', name: 'nav.history', icon: 'history', Show: screen(() => import('./screens/history.tsx')) },
  { path: '/peers', name: 'nav.peers', icon: 'device', Show: screen(() => import('./screens/peers.tsx')) },
  { path: '/health', name: 'nav.health', icon: 'pulse', Show: screen(() => import('./screens/health.tsx')) },
  {
    path: '/settings',
    name: 'nav.settings',
    short: 'nav.settings.short',
    icon: 'gear',
    Show: screen(() => import('./screens/settings.tsx')),
  },
]

/** Those that other ones lead to. */
export const FURTHER_SCREENS: readonly Screen[] = [
  { path: '/conflicts', name: 'nav.conflicts', icon: 'fork', Show: screen(() => import('./screens/conflicts.tsx')) },
]

/** Those that stand alone, without a frame: the popover of the tray. */
export const BARE_SCREENS: readonly Screen[] = [
  { path: '/tray', name: 'tray.title', icon: 'pulse', Show: screen(() => import('./screens/tray.tsx')) },
]
