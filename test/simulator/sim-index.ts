import { folderSchema } from '../../src/db/migrations/folder.ts'
import { emptyCopy } from './empty-database.ts'
import { inProcess, openFolderIndex, type FolderIndex, type IndexSettings } from '#db'

/** A folder's index in memory: it outlives the crash of the process that used it, at its last commit. */
export interface Core {
  readonly facade: FolderIndex
  /** The database as bytes, as a backup would have it. */
  copy(): Uint8Array
}

/** Opens an index in memory; with `copy` it is what that copy says. */
export function openIndex(settings: IndexSettings, copy?: Uint8Array): Core {
  const index = openFolderIndex(settings, copy ?? emptyCopy(folderSchema))
  return { facade: inProcess<FolderIndex>(index), copy: () => index.copy() }
}
