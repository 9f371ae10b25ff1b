import type * as z from 'zod'
import { deviceOperations } from './device-operations.ts'
import { entryOperations } from './entry-operations.ts'
import { folderOperations } from './folder-operations.ts'
import { historyOperations } from './history-operations.ts'
import { lookupOperations } from './lookup-operations.ts'
import { metricOperations } from './metric-operations.ts'
import { recoveryOperations } from './recovery-operations.ts'
import { retentionOperations } from './retention-operations.ts'
import { storeOperations } from './store-operations.ts'
import { timelineOperations } from './timeline-operations.ts'
import { upkeepOperations } from './upkeep-operations.ts'

/** All that the API does but for content and events: the routes, the client, the backend's port and openapi.json are made from this table. */
export const operations = {
  ...deviceOperations,
  ...folderOperations,
  ...historyOperations,
  ...timelineOperations,
  ...lookupOperations,
  ...metricOperations,
  ...entryOperations,
  ...retentionOperations,
  ...storeOperations,
  ...upkeepOperations,
  ...recoveryOperations,
} as const

export type Operations = typeof operations
export type OperationName = keyof Operations
/** What a caller passes: what has a default may be left out. */
export type OperationInput<Name extends OperationName> = z.input<Operations[Name]['input']>
/** What the backend gets: checked, and with every default filled in. */
export type CheckedInput<Name extends OperationName> = z.output<Operations[Name]['input']>
export type OperationResult<Name extends OperationName> = z.output<Operations[Name]['result']>
