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
    gc: async () => ({ freedBytes: 4096, blocks: 2, forgotten: 3, waitingBytes: 0, waitingBlocks: 0, notes: [] }),
    restore: async ({ path, to }) => ({ path: to ?? path, version: ID }),
  }
}
