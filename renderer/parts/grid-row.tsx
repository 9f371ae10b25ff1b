import { memo, type DragEvent, type MouseEvent, type ReactNode, type RefObject } from 'react'
import { t } from '../text/text.ts'

export interface Column<Row> {
  name: string
  title: string
  show: (row: Row) => ReactNode
  /** Can the rows be put in its order? */
  sorts?: boolean
}

/** What is done with rows. */
export interface RowActs<Row> {
  click: (event: MouseEvent, place: number) => void
  open: (row: Row) => void
  drag: ((event: DragEvent, row: Row) => void) | undefined
}

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
  isDraggable: boolean
  /** The newest, though a row is not drawn again for it. */
  acts: RefObject<RowActs<Row>>
}

/** Drawn again only where something that it shows has changed. */
export const GridRow = memo(Drawn) as typeof Drawn

function Drawn<Row>(props: RowProps<Row>) {
  const { id, row, place, top, height, columns, text, isSelected, isActive, isDraggable, acts } = props
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={place + 2}
      aria-selected={isSelected}
      className={isActive ? 'grid-row grid-active' : 'grid-row'}
      style={{ transform: `translateY(${top}px)`, blockSize: height }}
      draggable={isDraggable}
      onClick={(event) => {
        if (!event.defaultPrevented) acts.current.click(event, place)
      }}
      onDoubleClick={(event) => {
        if (!(event.target instanceof HTMLInputElement)) acts.current.open(row)
      }}
      onDragStart={(event) => acts.current.drag?.(event, row)}
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
