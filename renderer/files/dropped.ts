import type { Dropped } from './upload-plan.ts'

/** What could not be read of it. */
export interface Unread {
  path: string
  message: string
}

/** Entries and files of a drop: to be taken while the event is told, after which it has none any more. */
export function takenFrom(data: DataTransfer): (FileSystemEntry | File)[] {
  return [...data.items].flatMap((item) => {
    if (item.kind !== 'file') return []
    return item.webkitGetAsEntry() ?? item.getAsFile() ?? []
  })
}

/** All that was dropped, directories with what is in them, parents first. `tell` hears how many there are so far. */
export async function readDrop(
  taken: readonly (FileSystemEntry | File)[],
  signal: AbortSignal,
  tell: (count: number) => void,
): Promise<{ items: Dropped[]; unread: Unread[] }> {
  const items: Dropped[] = []
  const unread: Unread[] = []
  const read = async (entry: FileSystemEntry, path: string): Promise<void> => {
    signal.throwIfAborted()
    try {
      if (isFile(entry)) {
        items.push({ path, kind: 'file', file: await fileOf(entry) })
        return tell(items.length)
      }
      if (!isDirectory(entry)) return
      items.push({ path, kind: 'directory', file: null })
      for (const each of await entriesOf(entry)) await read(each, `${path}/${each.name}`)
    } catch (error) {
      signal.throwIfAborted()
      unread.push({ path, message: error instanceof Error ? error.message : String(error) })
    }
  }
  for (const each of taken) {
    if (each instanceof File) items.push({ path: each.name, kind: 'file', file: each })
    else await read(each, each.name)
  }
  tell(items.length)
  return { items, unread }
}

/** The files of an input, those of a directory with their paths in it. */
export function chosenIn(files: FileList): Dropped[] {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, kind: 'file', file }))
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** A reader gives some at a time, and none after the last. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (some.length === 0) return all
    all.push(...some)
  }
}
