import type { MessageKey } from '../text/text.ts'

/** What a shortcut does: opens the palette, begins to search, shows the shortcuts, or goes to a place. */
export type Shortcut = 'palette' | 'search' | 'help' | { to: string }

/** After `g`, the key of each place. */
export const PLACE_KEYS: Readonly<Record<string, { to: string; name: MessageKey }>> = {
  f: { to: '/', name: 'nav.folders' },
  i: { to: '/files', name: 'nav.files' },
  h: { to: '/history', name: 'nav.history' },
  p: { to: '/peers', name: 'nav.peers' },
  e: { to: '/health', name: 'nav.health' },
  s: { to: '/settings', name: 'nav.settings' },
  c: { to: '/conflicts', name: 'nav.conflicts' },
}

/** How long after `g` the next key still counts, ms. */
const TOGETHER_MS = 1_500

interface Key {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  /** ms */
  timeStamp: number
}

/** Reads the keys that are pressed outside of fields, one after another. */
export class ShortcutKeys {
  #pressedG = Number.NEGATIVE_INFINITY

  /** What the key asks for; `more`: it is the first of two. */
  read({ key, ctrlKey, metaKey, altKey, timeStamp }: Key): Shortcut | 'more' | undefined {
    const follows = timeStamp - this.#pressedG < TOGETHER_MS
    this.#pressedG = Number.NEGATIVE_INFINITY
    if (altKey) return undefined
    if (ctrlKey || metaKey) return key.toLowerCase() === 'k' ? 'palette' : undefined
    const place = PLACE_KEYS[key]
    if (follows && place !== undefined) return { to: place.to }
    if (key === 'g') {
      this.#pressedG = timeStamp
      return 'more'
    }
    return { '/': 'search' as const, '?': 'help' as const }[key]
  }
}

/** How the modifier is called on this keyboard. */
export const MODIFIER = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '') ? '⌘' : 'Ctrl'
