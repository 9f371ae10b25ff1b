import type { Schema } from './index.ts'
import { sql as sql1 } from './device-0001-first.ts'

/** What the device knows beside its folders. */
export const deviceSchema: Schema = {
  application: 0x48466476, // HFdv
  migrations: [{ number: 1, sql: sql1 }],
}
