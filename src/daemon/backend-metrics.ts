import { statfs } from 'node:fs/promises'
import type { Backend } from '#api'
import type { Space } from '#api/contract'
import type { FolderDisk } from '#folder'
import { isoTime, type BackendContext } from './backend-context.ts'
import { folderNames } from './backend-status.ts'
import { FolderSpace } from './folder-space.ts'

type MetricOperations = Pick<Backend, 'metricHistory' | 'space' | 'upkeep'>

const NOTHING = { liveBytes: 0, versionBytes: 0, archiveBytes: 0 }
const NO_DISK = { volumeBytes: null, freeBytes: null }

export function metricOperations(context: BackendContext): MetricOperations {
  const { registry, network, blocks, metrics, scrubber, housekeeping, home, clock } = context
  const space = new FolderSpace(clock)
  return {
    async metricHistory({ span }) {
      const { times, stepMs, ...figures } = metrics.read(span)
      return { times: times.map(isoTime), stepSeconds: stepMs / 1000, ...figures }
    },
    async space() {
      const stored = new Map((await blocks.sizes()).map(({ folder, bytes }) => [folder, bytes]))
      const all: Space[] = []
      for (const { stored: folder, index, disk } of registry.folders) {
        const bytes = index === null ? NOTHING : await space.of(index)
        all.push({ folder: folder.name, ...bytes, storedBytes: stored.get(folder.id) ?? 0, ...(await volumeOf(disk)) })
        stored.delete(folder.id)
      }
      // What is held for others, or was left behind by a folder that was left.
      const names = folderNames(context)
      for (const [folder, storedBytes] of stored)
        if (storedBytes > 0) all.push({ folder: names.get(folder) ?? folder, ...NOTHING, storedBytes, ...NO_DISK })
      return all
    },
    async upkeep() {
      const [scrubbed, swept, volume] = await Promise.all([scrubber.last(), housekeeping.last(), statfs(home).catch(() => null)])
      const made = registry.folders.flatMap(({ stored }) =>
        network.group.state.properties(stored.id).snapshots.map(({ created }) => created),
      )
      return {
        scrubbed: scrubbed === null ? null : isoTime(scrubbed),
        swept: swept === null ? null : isoTime(swept),
        snapshot: made.length === 0 ? null : isoTime(Math.max(...made)),
        volumeBytes: volume === null ? null : volume.blocks * volume.bsize,
        freeBytes: volume === null ? null : volume.bavail * volume.bsize,
      }
    },
  }
}

/** The disk that a folder is on, which need not be that of the store. */
async function volumeOf(disk: Pick<FolderDisk, 'space'> | null): Promise<Pick<Space, 'volumeBytes' | 'freeBytes'>> {
  const space = await disk?.space().catch(() => undefined)
  return space === undefined || space.totalBytes === 0 ? NO_DISK : { volumeBytes: space.totalBytes, freeBytes: space.freeBytes }
}
