import { useEffect, useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { placeOf, type Keys } from './choice.ts'
import { MAX_HEIGHT, scrollTo, windowOf, type RowWindow } from './window.ts'

interface Windowed {
  scroller: RefObject<HTMLElement | null>
  keys: Keys
  /** Another object when there are other rows. */
  rows: unknown
  rowHeight: number
  /** Where the row is that the keyboard is at, and its key. */
  active: number
  activeKey: string | null
  /** What the rows are ordered by: in another order they are shown from the top. */
  order: string
}

/** Before it was measured. */
const SOME_HEIGHT = 600

/** The rows of a scrolled element that are in sight. Rows that come and go above them leave those in sight where they are. */
export function useWindow({ scroller, keys, rows, rowHeight, active, activeKey, order }: Windowed): {
  window: RowWindow
  /** How many are in sight. */
  page: number
  /** Scrolls to a row. */
  reveal: (place: number) => void
} {
  const [scrolled, setScrolled] = useState(0)
  const [height, setHeight] = useState(SOME_HEIGHT)
  const top = useRef<{ key: string; place: number } | null>(null)
  const latest = useRef(keys)
  latest.current = keys
  const shown = useRef<{ key: string | null; order: string }>({ key: null, order })
  const count = keys.count
  const isScaled = count * rowHeight > MAX_HEIGHT

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const head = element.querySelector<HTMLElement>('.grid-head')?.offsetHeight ?? 0
    const measure = new ResizeObserver(() => setHeight(Math.max(rowHeight, element.clientHeight - head)))
    measure.observe(element)
    return () => measure.disconnect()
  }, [scroller, rowHeight])

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    // Between two rows nothing else is drawn.
    const scroll = (): void => {
      const place = Math.min(latest.current.count - 1, Math.floor(element.scrollTop / rowHeight))
      top.current = isScaled || place < 0 ? null : { key: latest.current.at(place), place }
      setScrolled(isScaled ? element.scrollTop : Math.floor(element.scrollTop / rowHeight) * rowHeight)
    }
    element.addEventListener('scroll', scroll, { passive: true })
    return () => element.removeEventListener('scroll', scroll)
  }, [scroller, rowHeight, isScaled])

  const reveal = (place: number): void => {
    const element = scroller.current
    if (element === null || place < 0) return
    element.scrollTop = scrollTo(place, { count, rowHeight, scrolled: element.scrollTop, height })
  }

  // Only where something has changed: asking how far an element is scrolled makes the browser lay out all of it.
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    if (shown.current.order !== order) {
      element.scrollTop = 0
      shown.current = { key: null, order }
    } else if (!isScaled && element.scrollTop > 0 && top.current !== null && !isAt(keys, top.current)) {
      const place = placeOf(keys, top.current.key)
      if (place >= 0) element.scrollTop += (place - top.current.place) * rowHeight
    }
    if (active >= 0 && shown.current.key !== activeKey) {
      reveal(active)
      shown.current.key = activeKey
    }
    const place = Math.min(count - 1, Math.floor(element.scrollTop / rowHeight))
    top.current = isScaled || place < 0 ? null : { key: keys.at(place), place }
  }, [rows, order, activeKey, rowHeight])

  return { window: windowOf({ count, rowHeight, scrolled, height }), page: Math.floor(height / rowHeight), reveal }
}

function isAt(keys: Keys, { key, place }: { key: string; place: number }): boolean {
  return place < keys.count && keys.at(place) === key
}
