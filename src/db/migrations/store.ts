import type { Schema } from './index.ts'
import { sql as sql1 } from './store-0001-first.ts'
import { sql as sql2 } from './store-0002-unneeded.ts'
import { sql as sql3 } from './store-0003-sizes.ts'
import { sql as sql4 } from './store-0004-segments.ts'

/** The blocks that the device stores. */
export const storeSchema: Schema = {
  application: 0x48466273, // HFbs
  migrations: [
    { number: 1, sql: sql1 },
    { number: 2, sql: sql2 },
    { number: 3, sql: sql3 },
    { number: 4, sql: sql4 },
  ],
}
