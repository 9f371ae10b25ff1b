import { isDeepStrictEqual } from 'node:util'
import { HoldfastError } from '#base'
import { Database } from './database.ts'
import { folderSchema } from './migrations/folder.ts'
import { migrate } from './migrations/index.ts'
import { endingOf, type IndexSettings } from './opening.ts'
import { SqliteFolderIndex } from './sqlite-folder-index.ts'
import { openTables, type Tables } from './tables/index.ts'

/**
 * Opens or creates a folder's index; one in memory can start from a `copy`. Throws `unsupported` for a file of a newer Holdfast,
 * `corrupt` for a damaged or foreign one.
 */
export function openFolderIndex(settings: IndexSettings, copy?: Uint8Array): SqliteFolderIndex {
  const db = new Database(settings.file, copy)
  try {
    migrate(db, folderSchema)
    const tables = db.guard(() => openTables(db, settings.folder))
    db.transaction(() => adopt(tables, settings))
    return new SqliteFolderIndex(db, tables, settings.seed)
  } catch (error) {
    db.abandon()
    throw error
  }
}

/**
 * Makes the state fit the settings: a new database, another device key, a disk that folds case now. An opening begins an epoch,
 * since the file may be a copy from a backup, and no sequence number must ever be given twice; unless it is known to be the one
 * that was closed last.
 */
function adopt({ state, chains, paths }: Tables, { folder, device, foldsCase, now, file, ending }: IndexSettings): void {
  const known = state.load()
  if (known && state.folder !== folder) {
    throw new HoldfastError('corrupt', `the database ${file} is the index of folder ${state.folder}, not of ${folder}`, {
      reason: 'database-other',
      values: { path: file },
      hint: 'move the file away',
    })
  }
  const continues = known && ending !== undefined && state.device === device && isDeepStrictEqual(endingOf(state, chains), ending)
  state.folder = folder
  state.device = device
  if (!continues) state.beginEpoch(0, now)
  state.session = state.epoch
  if ((state.folds === 1) !== foldsCase) paths.setFolds(foldsCase)
  state.save()
}
