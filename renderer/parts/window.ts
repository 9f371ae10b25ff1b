/** No browser lays out an element of any height (Firefox: 17 million pixels); what would be higher is scrolled in proportion. */
export const MAX_HEIGHT = 12_000_000
/** Rows that are drawn above and below those in sight, so that the next ones are there while somebody scrolls. */
const SPARE = 8

export interface WindowInput {
  count: number
  /** All in pixels. */
  rowHeight: number
  scrolled: number
  /** Of what is in sight. */
  height: number
}

export interface RowWindow {
  /** The first row that is drawn, and the one after the last. */
  from: number
  until: number
  /** At most as many rows are drawn at once. */
  slots: number
  /** Of the element that is scrolled. */
  height: number
  /** What is added to `row * rowHeight` to have a row's top in that element. */
  shift: number
}

/** Which rows of a long list are drawn, and where. Pure. */
export function windowOf({ count, rowHeight, scrolled, height }: WindowInput): RowWindow {
  const place = placeOf(count, rowHeight, height)
  const above = Math.min(scrolled, place.scrollable) * place.ratio
  const first = Math.floor(above / rowHeight)
  const inSight = Math.ceil(height / rowHeight) + 1
  return {
    slots: inSight + 2 * SPARE,
    from: Math.max(0, Math.min(first, count) - SPARE),
    until: Math.min(count, first + inSight + SPARE),
    height: place.element,
    shift: Math.min(scrolled, place.scrollable) - above,
  }
}

/** How far to scroll for a row to be in sight: not at all where it is, else just as far as that takes. */
export function scrollTo(row: number, input: WindowInput): number {
  const { rowHeight, scrolled, height } = input
  const { ratio } = placeOf(input.count, rowHeight, height)
  const above = scrolled * ratio
  const top = row * rowHeight
  if (top < above) return top / ratio
  if (top + rowHeight > above + height) return (top + rowHeight - height) / ratio
  return scrolled
}

function placeOf(count: number, rowHeight: number, height: number): { element: number; scrollable: number; ratio: number } {
  const all = count * rowHeight
  const element = Math.min(all, MAX_HEIGHT)
  const scrollable = Math.max(0, element - height)
  return { element, scrollable, ratio: scrollable === 0 || all === element ? 1 : (all - height) / scrollable }
}
