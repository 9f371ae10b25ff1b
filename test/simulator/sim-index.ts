import { DatabaseSync } from 'node:sqlite'
import { inProcess, openFolderIndex, type FolderIndex, type IndexSettings } from '#db'

/** A folder's index in memory: it outlives the crash of the process that used it, at its last commit. */
export interface Core {
  readonly facade: FolderIndex
  /** The database as bytes, as a backup would have it. */
  copy(): Uint8Array
}

/** Opens an index in memory; with `copy` it is what that copy says. */
export function openIndex(settings: IndexSettings, copy?: Uint8Array): Core {
  const { db, result } = catchDatabase(() => openFolderIndex(settings), copy)
  return { facade: inProcess<FolderIndex>(result), copy: () => db.serialize() }
}

/** Runs `open` and finds out which database it opened; before its first statement that becomes a copy of `content`. */
function catchDatabase<T>(open: () => T, content: Uint8Array | undefined): { db: DatabaseSync; result: T } {
  const { exec } = DatabaseSync.prototype
  let caught: DatabaseSync | undefined
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    if (caught === undefined) {
      caught = this
      if (content !== undefined) this.deserialize(content)
    }
    return exec.call(this, sql)
  }
  try {
    const result = open()
    if (caught === undefined) throw new Error('no database was opened')
    return { db: caught, result }
  } finally {
    DatabaseSync.prototype.exec = exec
  }
}
