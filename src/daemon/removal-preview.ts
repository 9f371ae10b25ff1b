import type { FolderChange, Remark } from '#api/contract'
import type { DeviceId } from '#model'
import { place } from '#replication'
import type { BackendContext } from './backend-context.ts'
import { folderLayout, keepersOf, type FolderLayout, type LayoutSource } from './folder-layout.ts'

type PreviewContext = Pick<BackendContext, 'registry' | 'membership'> & {
  network: { group: { readonly state: BackendContext['network']['group']['state'] } }
  layout: { readonly current: LayoutSource['pledged'] }
}

/** Who holds the folders here once a device is out of the group, beside who does now. */
export function changesWithout({ network, registry, layout }: PreviewContext, device: DeviceId): FolderChange[] {
  const { state } = network.group
  const pledged = without(layout.current, device, state)
  return registry.folders.flatMap(({ stored: { id, name }, keeping }): FolderChange[] => {
    if (keeping?.isKept !== true) return []
    const { replicas, ringSize: partitions } = state
    const takers = keepersOf(state, id)
    const before = folderLayout({ takers, replicas, partitions, pledged: layout.current })
    const devices = state.devices.filter((each) => each.device !== device)
    const staying = keepersOf(
      {
        devices,
        role: (...of) => state.role(...of),
        takers: (folder) => state.takers(folder),
        leavers: (folder) => state.leavers(folder),
        isLeaving: (each) => state.isLeaving(each),
      },
      id,
    )
    const after = folderLayout({ takers: staying, replicas, partitions, pledged })
    const moved = after.holders.filter((holders, at) => holders.some((each) => !before.holders[at]!.includes(each))).length
    const copies = { copies: copiesIn(before), copiesAfter: copiesIn(after), wantedCopies: replicas }
    return [{ folder: name, places: partitions, newHolders: moved, ...copies }]
  })
}

/** What only a device has that is to be put out, as it is said before that. */
export function beforeRemoval(
  { membership }: Pick<PreviewContext, 'membership'>,
  device: DeviceId,
  notes: readonly Remark[],
): Remark[] {
  const name = membership.called()(device)
  return notes.map((note) => ({
    ...note,
    ...(note.values === undefined ? {} : { values: { ...note.values, removal: 'yes' } }),
    hint: `start ${name}, and run holdfast leave on it instead, which hands this over first; where it is gone for good, so is this`,
  }))
}

/** The group's layout as it is made once a device is out. */
function without(
  current: LayoutSource['pledged'],
  device: DeviceId,
  { replicas, ringSize }: PreviewContext['network']['group']['state'],
): LayoutSource['pledged'] {
  const devices = current?.devices.filter((each) => each.device !== device) ?? []
  if (current === null || devices.length === 0) return null
  return { ...current, devices, holders: place({ devices, replicas, partitions: ringSize, last: current.holders }) }
}

function copiesIn({ holders }: FolderLayout): number {
  return holders.reduce((least, each) => Math.min(least, each.length), Infinity)
}
