import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import { FailureNote, type Failure } from '../parts/action.tsx'
import { Icon } from '../parts/icon.tsx'
import { t, type MessageKey } from '../text/text.ts'
import { uploadDropped } from './begin-upload.ts'
import { placeName } from './upload-words.ts'
import type { Goal } from './uploads.ts'

/** Takes what is dropped on it, and says where it goes while it is held over it; or why it can go nowhere. */
export function DropZone({ goal, refusal, children }: { goal: Goal; refusal: MessageKey | null; children: ReactNode }) {
  const [isOver, setOver] = useState(false)
  const [refused, setRefused] = useState<Failure | null>(null)
  /** Each element that the pointer enters on its way tells of that, and of leaving it. */
  const depth = useRef(0)
  const count = (by: number): void => {
    depth.current = Math.max(0, depth.current + by)
    setOver(depth.current > 0)
  }
  const held = (event: DragEvent): void => {
    if (!hasFiles(event)) return
    event.preventDefault()
    event.dataTransfer.dropEffect = refusal === null ? 'copy' : 'none'
  }
  const drop = (event: DragEvent): void => {
    if (!hasFiles(event)) return
    event.preventDefault()
    depth.current = 0
    setOver(false)
    setRefused(refusal === null ? null : { message: t(refusal), hint: undefined })
    if (refusal === null) uploadDropped(event.dataTransfer, goal)
  }
  return (
    <div
      className="files-drop"
      onDragEnter={(event) => {
        if (hasFiles(event)) count(1)
      }}
      onDragLeave={(event) => {
        if (hasFiles(event)) count(-1)
      }}
      onDragOver={held}
      onDrop={drop}
    >
      <FailureNote failure={refused} />
      {children}
      {isOver ? (
        <div className={refusal === null ? 'files-over' : 'files-over files-refused'}>
          <p>
            <Icon name={refusal === null ? 'upload' : 'stop'} />{' '}
            {refusal === null ? t('files.drop', { place: placeName(goal) }) : t(refusal)}
          </p>
        </div>
      ) : null}
    </div>
  )
}

function hasFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes('Files')
}
