import type { Backend } from '#api'

type History = Pick<Backend, 'versions' | 'restore' | 'gc'>

const ID = 'ab'.repeat(16)

/** The history that MemoryBackend tells of: one version of everything. */
export function memoryHistory(of: { by: string; name: string; time: string }): History {
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
        forgotten: false,
        current: true,
      },
    ],
    gc: async ({ dryRun }) => ({
      freedBytes: 4096,
      blocks: 2,
      forgotten: dryRun ? 0 : 3,
      waitingBytes: 512,
      waitingBlocks: 1,
      notes: dryRun ? [] : [{ folder: 'music', message: 'it is not open' }],
    }),
    restore: async ({ path, to }) => ({ path: to ?? path, version: ID }),
  }
}
