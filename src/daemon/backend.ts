import type { Backend } from '#api'
import type { ApiEvent } from '#api/contract'
import type { BackendContext } from './backend-context.ts'
import { contentOperations } from './backend-content.ts'
import { entryOperations } from './backend-entries.ts'
import { folderOperations } from './backend-folders.ts'
import { groupOperations } from './backend-group.ts'
import { historyOperations } from './backend-history.ts'
import { lookupOperations } from './backend-lookup.ts'
import { metricOperations } from './backend-metrics.ts'
import { recoveryOperations } from './backend-recovery.ts'
import { Rebalancer } from './rebalancer.ts'
import { retentionOperations } from './backend-retention.ts'
import { searchOperations } from './backend-search.ts'
import { snapshotOperations } from './backend-snapshots.ts'
import { statusOperations } from './backend-status.ts'
import { timelineOperations } from './backend-timeline.ts'
import { upkeepOperations } from './backend-upkeep.ts'
import { storeOperations } from './backend-store.ts'

/** What the API offers, over the parts of a running daemon. */
export function createBackend(context: BackendContext, subscribe: (listener: (event: ApiEvent) => void) => () => void): Backend {
  const rebalancer = new Rebalancer(context)
  return {
    ...statusOperations(context),
    ...groupOperations(context, rebalancer),
    ...folderOperations(context),
    ...contentOperations(context),
    ...historyOperations(context),
    ...upkeepOperations(context),
    ...lookupOperations(context),
    ...metricOperations(context),
    ...recoveryOperations(context),
    ...retentionOperations(context),
    ...snapshotOperations(context),
    ...timelineOperations(context),
    ...searchOperations(context),
    ...entryOperations(context),
    ...storeOperations(context, rebalancer),
    subscribe,
  }
}
