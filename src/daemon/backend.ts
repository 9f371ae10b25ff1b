import type { Backend } from '#api'
import type { ApiEvent } from '#api/contract'
import type { BackendContext } from './backend-context.ts'
import { contentOperations } from './backend-content.ts'
import { folderOperations } from './backend-folders.ts'
import { groupOperations } from './backend-group.ts'
import { historyOperations } from './backend-history.ts'
import { statusOperations } from './backend-status.ts'
import { storeOperations } from './backend-store.ts'

/** What the API offers, over the parts of a running daemon. */
export function createBackend(context: BackendContext, subscribe: (listener: (event: ApiEvent) => void) => () => void): Backend {
  return {
    ...statusOperations(context),
    ...groupOperations(context),
    ...folderOperations(context),
    ...contentOperations(context),
    ...historyOperations(context),
    ...storeOperations(context),
    subscribe,
  }
}
