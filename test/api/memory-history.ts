import { HoldfastError } from '#base'
import type { Backend } from '#api'
import type { Snapshot } from '#api/contract'

type History = Pick<
  Backend,
  | 'versions'
  | 'restore'
  | 'gc'
  | 'pin'
  | 'unpin'
  | 'retention'
  | 'setRetention'
  | 'createSnapshot'
  | 'snapshots'
  | 'restoreSnapshot'
  | 'deleteSnapshot'
>

const ID = 'ab'.repeat(16)

const unnamed = ['3f2a7bcd', '9c01e5aa'].map((folder) => ({ folder, named: false, message: 'others say what goes' }))

/** The history that MemoryBackend tells of: one version of everything, and one snapshot. */
export function memoryHistory(of: { by: string; name: string; time: string }): History {
  const snapshot: Snapshot = {
    name: 'before',
    time: of.time,
    entries: 3,
    bytes: 2048,
    device: of.by,
    by: of.name,
    protected: true,
    complete: true,
    lost: 0,
  }
  const entry = { path: 'img-1.jpg', version: ID, kind: 'file', size: 1234 } as const
  const verdicts = {
    keep: [
      { ...entry, time: of.time, reasons: ['daily', 'pinned'] },
      { ...entry, path: 'img-2.jpg', time: of.time, reasons: ['current', 'daily'] },
    ],
    forget: [{ ...entry, path: 'img-2.jpg', time: of.time, reasons: ['daily: beyond the newest 7'] }],
  }
  return {
    versions: async () => [
      {
        version: ID,
        time: of.time,
        device: of.by,
        by: of.name,
        kind: 'file',
        size: 1234,
        cause: 'added',
        state: 'kept',
        stored: true,
        forgotten: false,
        lost: false,
        givenUp: null,
        pinned: true,
        snapshots: ['before'],
        current: true,
      },
    ],
    gc: async ({ dryRun, abandoned }) => ({
      freedBytes: 4096,
      blocks: 2,
      elsewhere: [],
      strays: dryRun ? { files: 0, bytes: 0 } : { files: 2, bytes: 2048 },
      archivedFiles: 1,
      forgotten: 3,
      lost: 0,
      undecided: [],
      waitingBytes: 512,
      waitingBlocks: 1,
      notes: dryRun ? (abandoned ? unnamed : []) : [{ folder: 'music', named: true, message: 'it is not open' }],
    }),
    restore: async ({ path, to }) => ({ path: to ?? path, version: ID, bytes: 1234, here: true }),
    pin: async ({ path, version }) => ({ path, version: version.padEnd(32, '0') }),
    unpin: async ({ path, version }) => ({ path, version: version.padEnd(32, '0') }),
    retention: async () => ({ policy: { 'keep-daily': '7' }, history: 'full', ...verdicts, kept: 5, forgotten: 1 }),
    setRetention: async ({ policy }) => ({ policy, history: 'full', ...verdicts, kept: 2, forgotten: 1 }),
    createSnapshot: async ({ name }) => {
      if (name === 'before') throw new HoldfastError('exists', 'photos has a snapshot "before" already')
      return { ...snapshot, name: name ?? of.time, protected: name === 'after' }
    },
    snapshots: async () => [snapshot],
    restoreSnapshot: async ({ name, to, dryRun, partial }) => ({
      name,
      to,
      write: [entry],
      delete: to === null ? ['img-3.jpg'] : [],
      entries: 1,
      bytes: 1234,
      deleted: to === null ? 1 : 0,
      // All is there but of the one called so.
      ...(name === 'torn' && (dryRun || partial)
        ? { missing: ['img-4.jpg'], missingEntries: 1, missingBytes: 2048 }
        : { missing: [], missingEntries: 0, missingBytes: 0 }),
    }),
    deleteSnapshot: async ({ name }) => ({ name }),
  }
}
