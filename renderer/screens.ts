import { lazy, type ComponentType } from 'react'
import type { Snapshot } from './live/state.ts'
import type { IconName } from './parts/icon.tsx'
import type { MessageKey } from './text/text.ts'

export interface Screen {
  path: string
  name: MessageKey
  icon: IconName
  /** Loaded when it is first opened. */
  Show: ComponentType<{ snapshot: Snapshot }>
}

const AGAIN_MS = 1_000

type Module = { default: Screen['Show'] }

/** A screen that is loaded when it is first drawn; while the daemon does not answer, as soon as it does. */
function screen(load: () => Promise<Module>): Screen['Show'] {
  const untilLoaded = async (): Promise<Module> => {
    for (;;) {
      try {
        return await load()
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
      }
    }
  }
  return lazy(untilLoaded)
}

/** The places of the UI that the navigation leads to, in its order. The daemon serves the page at each path (`api/http/page-files`). */
export const SCREENS: readonly Screen[] = [
  { path: '/', name: 'nav.folders', icon: 'folder', Show: screen(() => import('./screens/folders.tsx')) },
  { path: '/files', name: 'nav.files', icon: 'file', Show: screen(() => import('./screens/files.tsx')) },
  { path: '/history', name: 'nav.history', icon: 'history', Show: screen(() => import('./screens/history.tsx')) },
  { path: '/peers', name: 'nav.peers', icon: 'device', Show: screen(() => import('./screens/peers.tsx')) },
  { path: '/health', name: 'nav.health', icon: 'pulse', Show: screen(() => import('./screens/health.tsx')) },
  { path: '/settings', name: 'nav.settings', icon: 'gear', Show: screen(() => import('./screens/settings.tsx')) },
]

/** Those that other ones lead to. */
export const FURTHER_SCREENS: readonly Screen[] = [
  { path: '/conflicts', name: 'nav.conflicts', icon: 'fork', Show: screen(() => import('./screens/conflicts.tsx')) },
]
