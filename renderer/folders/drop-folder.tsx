import { useState, type DragEvent, type ReactNode } from 'react'
import { theShell } from '../live/shell.ts'
import { tell } from '../live/toasts.ts'
import { t } from '../text/text.ts'

/** Where a directory can be dropped to be shared. `drop` gets its path, which is empty in a browser (it does not tell), and its name. */
export function DropFolder({ drop, children }: { drop: (path: string, name: string) => void; children: ReactNode }) {
  const [over, setOver] = useState(false)
  const isFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files')
  const dropped = (event: DragEvent): void => {
    if (!isFiles(event)) return
    event.preventDefault()
    setOver(false)
    const [item] = event.dataTransfer.items
    const [file] = event.dataTransfer.files
    if (item?.webkitGetAsEntry()?.isDirectory !== true || file === undefined) return tell(t('folders.drop.file'))
    drop(theShell()?.pathForFile(file) ?? '', file.name)
  }
  return (
    <div
      className="folders-drop"
      data-over={over}
      onDragOver={(event) => {
        if (!isFiles(event)) return
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false)
      }}
      onDrop={dropped}
    >
      {over ? <p className="folders-drop-note">{t('folders.drop')}</p> : null}
      {children}
    </div>
  )
}
