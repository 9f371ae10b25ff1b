/** What is chosen in a list, by keys: the row that the keyboard is at, where a range began, and all that are selected. */
export interface Choice {
  active: string | null
  anchor: string | null
  selected: ReadonlySet<string>
}

/** By which column rows are in order. */
export interface Sort {
  by: string
  descending: boolean
}

export const NOTHING: Choice = { active: null, anchor: null, selected: new Set() }

/** The rows of a list by their places. */
export interface Keys {
  count: number
  at(place: number): string
}

/** `only` that row; the `range` from where it began; `toggle` it beside the others; `move` there and leave the rest. */
export type How = 'only' | 'range' | 'toggle' | 'move'

/** What is chosen after somebody went to a row. Pure. */
export function chosenAt(keys: Keys, place: number, before: Choice, how: How): Choice {
  const key = keys.at(place)
  switch (how) {
    case 'only':
      return { active: key, anchor: key, selected: new Set([key]) }
    case 'move':
      return { ...before, active: key }
    case 'toggle': {
      const selected = new Set(before.selected)
      if (!selected.delete(key)) selected.add(key)
      return { active: key, anchor: key, selected }
    }
    case 'range': {
      const anchor = placeOf(keys, before.anchor)
      const from = anchor < 0 ? place : anchor
      const selected = new Set<string>()
      for (let at = Math.min(from, place); at <= Math.max(from, place); at++) selected.add(keys.at(at))
      return { active: key, anchor: anchor < 0 ? key : before.anchor, selected }
    }
  }
}

export function allChosen(keys: Keys, before: Choice): Choice {
  const selected = new Set<string>()
  for (let at = 0; at < keys.count; at++) selected.add(keys.at(at))
  return { ...before, selected }
}

/** -1: it is not there. */
export function placeOf(keys: Keys, key: string | null): number {
  if (key === null) return -1
  for (let at = 0; at < keys.count; at++) if (keys.at(at) === key) return at
  return -1
}
