import { useId, useRef, type KeyboardEvent, type MouseEvent } from 'react'
import { t } from '../text/text.ts'
import { chosenAt, placeOf, type Choice, type Keys, type Sort } from './choice.ts'
import { chosenBy, found } from './grid-keys.ts'
import { GridRow, type Column, type RowActs } from './grid-row.tsx'
import { Icon } from './icon.tsx'
import { useWindow } from './use-window.ts'

export interface GridProps<Row> {
  label: string
  /** Sets `--grid-columns`, the widths of the columns. */
  className: string
  rows: readonly Row[]
  /** The same for the same thing, and another one for each row. */
  keyOf: (row: Row) => string
  /** What is found by typing, and what a row's checkbox is called. */
  textOf: (row: Row) => string
  /** The same array as long as nothing about it changes: rows are drawn again only for a reason. */
  columns: readonly Column<Row>[]
  choice: Choice
  choose: (choice: Choice) => void
  sort?: Sort
  setSort?: (sort: Sort) => void
  /** Enter, or a double click. */
  open: (row: Row) => void
  /** Keys that the grid has no use for; prevents their default where it takes one. */
  onKey?: (event: KeyboardEvent) => void
  onRowDrag?: (event: React.DragEvent, row: Row) => void
  /** In pixels; all are equally high. */
  rowHeight?: number
}

const ROW_HEIGHT = 40
const TYPED_MS = 800

/**
 * A table of any length, of which only the rows in sight are drawn: a grid whose one place in the tab order is the grid itself, and
 * whose keys go from row to row (w3.org/WAI/ARIA/apg/patterns/grid).
 */
export function Grid<Row>(props: GridProps<Row>) {
  const { label, className, rows, keyOf, textOf, columns, choice, choose, sort, setSort, open, onKey, onRowDrag } = props
  const { rowHeight = ROW_HEIGHT } = props
  const id = useId()
  const scroller = useRef<HTMLDivElement>(null)
  const typed = useRef({ text: '', at: 0 })
  const keys: Keys = { count: rows.length, at: (place) => keyOf(rows[place]!) }
  const active = placeOf(keys, choice.active)
  const { window, page, reveal } = useWindow({
    rows,
    scroller,
    keys,
    rowHeight,
    active,
    activeKey: choice.active,
    order: orderOf(sort),
  })

  const type = (key: string, time: number): boolean => {
    const isOn = time - typed.current.at < TYPED_MS
    if (key === ' ' && !isOn) return false
    const text = isOn ? typed.current.text + key : key
    typed.current = { text, at: time }
    const place = found(text, rows.length, (each) => textOf(rows[each]!), active)
    if (place >= 0) choose(chosenAt(keys, place, choice, 'only'))
    return true
  }
  const press = (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.altKey) return
    const isText = event.key.length === 1 && event.key !== '/' && !event.ctrlKey && !event.metaKey
    const row = rows[active]
    if (isText && event.key !== '?' && type(event.key, event.timeStamp)) event.preventDefault()
    else if (event.key === 'Enter' && row !== undefined) {
      event.preventDefault()
      open(row)
    } else {
      typed.current.at = -TYPED_MS
      const next = chosenBy(event, keys, active, choice, page)
      if (next === null) return onKey?.(event)
      event.preventDefault()
      choose(next)
      reveal(placeOf(keys, next.active))
    }
  }
  const click = (event: MouseEvent, place: number): void => {
    const isBox = event.target instanceof HTMLInputElement
    choose(chosenAt(keys, place, choice, event.shiftKey ? 'range' : isBox || event.ctrlKey || event.metaKey ? 'toggle' : 'only'))
    // A checkbox takes the focus, from where keys would lead nowhere.
    scroller.current?.focus({ preventScroll: true })
  }

  const acts = useRef<RowActs<Row>>({ click, open, drag: onRowDrag })
  acts.current = { click, open, drag: onRowDrag }
  // Elements of rows that go out of sight are those of rows that come into it: changing one takes less than making one.
  const drawn: { place: number; slot: number | 'active' }[] = []
  for (let place = window.from; place < window.until; place++) drawn.push({ place, slot: place % window.slots })
  // What the keyboard is at is there, wherever somebody scrolled to.
  if (active >= 0 && (active < window.from || active >= window.until)) drawn.push({ place: active, slot: 'active' })
  return (
    <div
      ref={scroller}
      className={`grid ${className}`}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-activedescendant={active < 0 ? undefined : `${id}-${active}`}
      onKeyDown={press}
      onFocus={(event) => {
        if (event.target === event.currentTarget && active < 0 && rows.length > 0) choose({ ...choice, active: keys.at(0) })
      }}
    >
      <div role="rowgroup" className="grid-head">
        <div role="row" aria-rowindex={1} className="grid-row">
          <span role="columnheader" aria-colindex={1} className="grid-box">
            <span className="visually-hidden">{t('grid.chosen')}</span>
          </span>
          {columns.map((column, at) => (
            <span
              key={column.name}
              role="columnheader"
              aria-colindex={at + 2}
              data-column={column.name}
              aria-sort={sort?.by !== column.name ? undefined : sort.descending ? 'descending' : 'ascending'}
            >
              {column.sorts === true && setSort !== undefined ? (
                <button
                  type="button"
                  className="quiet"
                  onClick={() => setSort({ by: column.name, descending: sort?.by === column.name && !sort.descending })}
                >
                  {column.title} {sort?.by === column.name ? <Icon name={sort.descending ? 'down' : 'up'} /> : null}
                </button>
              ) : (
                column.title
              )}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="grid-body" style={{ blockSize: window.height }}>
        {drawn.map(({ place, slot }) => {
          const row = rows[place]!
          const key = keyOf(row)
          return (
            <GridRow
              key={slot}
              id={`${id}-${place}`}
              row={row}
              place={place}
              top={place * rowHeight + window.shift}
              height={rowHeight}
              columns={columns}
              text={textOf(row)}
              isSelected={choice.selected.has(key)}
              isActive={place === active}
              acts={acts}
              isDraggable={onRowDrag !== undefined}
            />
          )
        })}
      </div>
    </div>
  )
}

function orderOf(sort: Sort | undefined): string {
  return sort === undefined ? '' : `${sort.by} ${sort.descending}`
}
