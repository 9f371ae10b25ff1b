import { memo, useRef, type DragEvent, type MouseEvent } from 'react'
import { t } from '../text/text.ts'
import type { Column } from './grid.tsx'

interface RowProps<Row> {
  id: string
  row: Row
  place: number
  top: number
  height: number
  columns: readonly Column<Row>[]
  text: string
  isSelected: boolean
  isActive: boolean
  click: (event: MouseEvent, place: number) => void
  open: (row: Row) => void
  drag: ((event: DragEvent, row: Row) => void) | undefined
}

/** Drawn again only where something that it shows has changed; what it does is always the newest. */
export const GridRow = memo(Drawn, isSame) as typeof Drawn

function Drawn<Row>(props: RowProps<Row>) {
  const { id, row, place, top, height, columns, text, isSelected, isActive } = props
  const does = useRef(props)
  does.current = props
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      className={isActive ? 'grid-row grid-active' : 'grid-row'}
      style={{ transform: `translateY(${top}px)`, blockSize: height }}
      draggable={props.drag !== undefined}
      onClick={(event) => {
        if (!event.defaultPrevented) does.current.click(event, place)
      }}
      onDoubleClick={(event) => {
        if (!(event.target instanceof HTMLInputElement)) does.current.open(row)
      }}
      onDragStart={(event) => does.current.drag?.(event, row)}
    >
      <span role="gridcell" aria-colindex={1} className="grid-box">
        <input type="checkbox" tabIndex={-1} checked={isSelected} readOnly aria-label={t('grid.choose', { name: text })} />
      </span>
      {columns.map((column, at) => (
        <span key={column.name} role="gridcell" aria-colindex={at + 2} data-column={column.name}>
          {column.show(row)}
        </span>
      ))}
    </div>
  )
}

/** But for what it does. */
function isSame<Row>(before: RowProps<Row>, now: RowProps<Row>): boolean {
  return (['id', 'row', 'place', 'top', 'height', 'columns', 'text', 'isSelected', 'isActive'] as const).every(
    (name) => before[name] === now[name],
  )
}
