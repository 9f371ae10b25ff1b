import type { Schema } from './index.ts'
import { sql as sql1 } from './folder-0001-first.ts'
import { sql as sql2 } from './folder-0002-no-inodes.ts'
import { sql as sql3 } from './folder-0003-keeping.ts'
import { sql as sql4 } from './folder-0004-forgotten.ts'
import { sql as sql5 } from './folder-0005-lost.ts'

/** The index of one folder. */
export const folderSchema: Schema = {
  application: 0x48466678, // HFfx
  migrations: [
    { number: 1, sql: sql1 },
    { number: 2, sql: sql2 },
    { number: 3, sql: sql3 },
    { number: 4, sql: sql4 },
    { number: 5, sql: sql5 },
  ],
}
