import type { ChunkStore, StoreJob, StoreUpkeep } from '#store'
import type { StoreHost } from '../../src/daemon/store-host.ts'

export type StoreCalls = ChunkStore & StoreUpkeep

/** The calls of a store in this thread. */
export function calls(host: StoreHost): StoreCalls {
  return new Proxy(Object.create(null) as StoreCalls, {
    get: (_, verb) => (verb === 'then' ? undefined : (...args: unknown[]) => host.run({ verb: verb as StoreJob['verb'], args })),
  })
}
