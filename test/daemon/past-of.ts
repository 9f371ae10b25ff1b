import { inProcess, type FolderIndex } from '#db'
import { Past } from '#history'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { FOLDER } from '../db/fixtures.ts'

/** The past of a folder of which there are the records, and no content. */
export function pastOf(sqlite: SqliteFolderIndex): Past {
  const index = inProcess<FolderIndex>(sqlite)
  return new Past({
    name: 'f',
    folder: FOLDER,
    idKey: new Uint8Array(32),
    here: { index, disk: null, store: null },
    exchange: { sources: () => 0, fetch: () => Promise.reject(new Error('nobody')), strike: () => undefined },
    index,
    isKept: () => Promise.resolve(true),
    fetchChunks: () => Promise.reject(new Error('nothing is to be fetched')),
    keep: () => Promise.reject(new Error('nothing is to be kept')),
    look: () => Promise.resolve(),
    isProtected: () => false,
    isWithinReach: () => true,
  })
}
