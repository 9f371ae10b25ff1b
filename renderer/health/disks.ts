import type { Space, Upkeep } from '#api/contract'

/** What is free on one disk may differ by so much of it between two looks. */
const MOVES = 0.01

/** The disks that folders are on, but for the one that the store is on. They are told apart by what they say of themselves. Pure. */
export function disksBeside(
  store: Pick<Upkeep, 'volumeBytes' | 'freeBytes'> | null,
  folders: readonly Pick<Space, 'folder' | 'volumeBytes' | 'freeBytes'>[],
): { all: number; free: number; names: string[] }[] {
  const disks: { all: number; free: number; names: string[] }[] = []
  const isOn = (all: number, free: number, volume: number | null, left: number | null): boolean =>
    volume === all && Math.abs((left ?? 0) - free) <= all * MOVES
  for (const { folder, volumeBytes: all, freeBytes: free } of folders) {
    if (all === null || free === null || (store !== null && isOn(all, free, store.volumeBytes, store.freeBytes))) continue
    const disk = disks.find((known) => isOn(all, free, known.all, known.free))
    if (disk === undefined) disks.push({ all, free, names: [folder] })
    else disk.names.push(folder)
  }
  return disks
}
