import { HoldfastError } from '#base'
import { decodePolicy, momentOf, parsePolicy, type FolderRetention } from '#history'
import type { FolderId } from '#model'
import type { Group } from '#peers'

type FolderProperties = ReturnType<Group['state']['properties']>
type Kept = FolderRetention & { fault: HoldfastError | null }

/** It is asked for often; what the log says of a folder is another object whenever there is more in the log. */
const known = new WeakMap<FolderProperties, Kept>()

/**
 * What is to be kept of a folder's past, by the group's log as it is known here: `judge` decides by it about the versions of a path. All
 * is kept where nobody has set a policy; and where this device does not understand the one that was set (`fault` says so).
 */
export function retentionOf({ state }: Pick<Group, 'state'>, folder: FolderId): Kept {
  const properties = state.properties(folder)
  const kept = known.get(properties) ?? read(properties)
  known.set(properties, kept)
  return kept
}

function read({ policy, pins, snapshots }: FolderProperties): Kept {
  const kept = { pins, snapshots: new Map(snapshots.map(({ name, upTo }) => [name, momentOf(upTo)])) }
  try {
    return { ...kept, policy: policy === null ? parsePolicy({}) : decodePolicy(policy), fault: null }
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    return { ...kept, policy: parsePolicy({}), fault: error }
  }
}

export function keepsHistory({ state }: Pick<Group, 'state'>, { stored }: { stored: { id: FolderId } }): boolean {
  return state.folders.find(({ id }) => id === stored.id)?.history !== 'off'
}
