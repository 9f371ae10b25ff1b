import { HoldfastError, shellWord } from '#base'
import { isMissing, momentOf, type Moment } from '#history'
import type { FolderSnapshot, Group } from '#peers'
import { opened } from './backend-folders.ts'
import type { OpenFolder } from './folder-opener.ts'

/** Throws `not-found`. */
export function snapshotNamed(
  { state }: Pick<Group, 'state'>,
  { stored }: Pick<OpenFolder, 'stored'>,
  name: string,
): FolderSnapshot {
  const found = state.properties(stored.id).snapshots.find((snapshot) => snapshot.name === name)
  if (found !== undefined) return found
  throw new HoldfastError('not-found', `${stored.name} has no snapshot ${JSON.stringify(name)}`, {
    reason: 'no-snapshot',
    values: { folder: stored.name, name },
    hint: `holdfast snapshot list ${shellWord(stored.name)} lists those that there are`,
  })
}

/** What a snapshot shows. Throws `not-found`, and `offline` where not all of it is known here. */
export async function momentNamed(group: Pick<Group, 'state'>, found: OpenFolder, name: string): Promise<Moment> {
  opened(found)
  const moment = momentOf(snapshotNamed(group, found, name).upTo)
  if (!isMissing(moment, await found.index!.have())) return moment
  throw new HoldfastError(
    'offline',
    `not all that the snapshot ${name} of ${found.stored.name} shows is known on this device yet`,
    {
      reason: 'snapshot-unknown',
      values: { folder: found.stored.name, name },
      hint: `connect a device that has it, and let this one catch up: holdfast wait --folder ${shellWord(found.stored.name)}`,
    },
  )
}
