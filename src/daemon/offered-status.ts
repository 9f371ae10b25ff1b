import type { FolderStatus } from '#api/contract'
import type { BackendContext } from './backend-context.ts'

/** Folders that the group offers, as they stand. */
export function offeredStatus({ registry, network }: BackendContext): FolderStatus[] {
  const { group } = network
  return registry.offered.map(({ id, name, isNamed }) => ({
    id,
    name,
    path: null,
    foldsCase: false,
    role: group.state.role(id, group.device),
    state: 'offered',
    reasonCode: 'offered',
    reason: isNamed
      ? 'Offered by the group; join it to have it here.'
      : 'Offered by the group; its name comes with its key, from a device that has it.',
    entries: 0,
    bytes: 0,
    needEntries: 0,
    needBytes: 0,
    conflicts: 0,
    heldEntries: 0,
    problems: 0,
    protectedPercent: null,
    copies: null,
    wantedCopies: null,
    lost: 0,
    outOfReach: [],
    damaged: 0,
    notes: [],
  }))
}
