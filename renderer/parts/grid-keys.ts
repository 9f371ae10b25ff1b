import { allChosen, chosenAt, NOTHING, type Choice, type Keys } from './choice.ts'

/** A key as an event has it. */
export interface Pressed {
  key: string
  shiftKey: boolean
  ctrlKey: boolean
  metaKey: boolean
}

/** What is chosen after a key; null: it is none that chooses. `page`: rows in sight. Pure. */
export function chosenBy(pressed: Pressed, keys: Keys, at: number, choice: Choice, page: number): Choice | null {
  const { key, shiftKey } = pressed
  const isApart = pressed.ctrlKey || pressed.metaKey
  if (keys.count === 0) return null
  if (key === ' ') return at < 0 ? null : chosenAt(keys, at, choice, shiftKey ? 'range' : 'toggle')
  if (key === 'a' && isApart) return allChosen(keys, choice)
  if (key === 'Escape') return choice.selected.size === 0 ? null : { ...NOTHING, active: choice.active }
  const step = Math.max(1, page - 1)
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at < 0 ? 0 : at - 1,
    Home: 0,
    End: keys.count - 1,
    PageDown: at + step,
    PageUp: at - step,
  }[key]
  if (to === undefined) return null
  const place = Math.max(0, Math.min(keys.count - 1, to))
  return chosenAt(keys, place, choice, shiftKey ? 'range' : isApart ? 'move' : 'only')
}

/** The next row whose text begins with what was typed, from `at` on and around; -1: there is none. */
export function found(typed: string, count: number, textAt: (place: number) => string, at: number): number {
  const wanted = typed.toLowerCase()
  // One letter goes on to the next; a word stays where it fits.
  const start = Math.max(0, typed.length === 1 ? at + 1 : at)
  for (let n = 0; n < count; n++) {
    const place = (start + n) % count
    if (textAt(place).toLowerCase().startsWith(wanted)) return place
  }
  return -1
}
