import type { FolderStatus, ListItem } from '#api/contract'
import { theShell } from '../live/shell.ts'
import { visible } from '../parts/shown-name.ts'
import { contentAt } from './content.ts'
import { nameOf } from './rows.ts'

/** A file that is dragged out of the window: the shell gives it as it is on the disk, a browser fetches it where it is dropped. */
export function dragOut(event: DragEvent, item: ListItem, folder: FolderStatus, at: string | undefined): void {
  const shell = theShell()
  const onDisk = at === undefined ? pathOnDisk(item, folder) : null
  if (shell !== undefined && onDisk !== null) {
    event.preventDefault()
    return shell.startDrag([onDisk])
  }
  if (item.kind !== 'file' || item.state === 'deleted' || event.dataTransfer === null) return event.preventDefault()
  // Between colons, of which a name has none then.
  const name = visible(nameOf(item.path)).replaceAll(':', '_')
  const address = new URL(contentAt({ folder: folder.id, path: item.path, version: item.version ?? undefined }), location.href)
  event.dataTransfer.effectAllowed = 'copy'
  event.dataTransfer.setData('DownloadURL', `application/octet-stream:${name}:${address.href}`)
}

/** Where an entry is on this computer; null: it is not. */
export function pathOnDisk({ path, state }: ListItem, folder: FolderStatus): string | null {
  if (folder.path === null || state !== 'here') return null
  const separator = folder.path.includes('\\') && !folder.path.startsWith('/') ? '\\' : '/'
  return `${folder.path}${separator}${path.replaceAll('/', separator)}`
}
