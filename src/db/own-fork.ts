import type { KeyObject } from 'node:crypto'
import { sameBytes, type Batch } from '#model'
import { appendSigned } from './batch-writer.ts'
import type { Chain, StoredBatch } from './tables/chains.ts'
import type { Tables } from './tables/index.ts'

/**
 * Lets this device's chain give way to a batch of its own that the others have and that contradicts it: the machine was
 * set back to an earlier moment while this ran (a virtual machine, say), and has written on since. What was written since is signed again as the start of a new epoch,
 * records unchanged. Where it is not known yet how far the contradiction goes back, one batch more gives way with each call.
 */
export function yieldChain(tables: Tables, chain: Chain, theirs: Batch, key: KeyObject, now: number): void {
  const { state, chains, records } = tables
  const moved: StoredBatch[] = []
  while (chain.seq >= theirs.first) moved.unshift(chains.cut(chain))
  if (chain.seq > 0 && chain.seq === theirs.first - 1 && !sameBytes(chain.hash, theirs.prev)) moved.unshift(chains.cut(chain))
  if (moved.length === 0) return
  if (state.epoch <= chain.epoch) state.beginEpoch(chain.epoch, now)
  const fresh = chains.open(state.device, state.epoch, true)
  for (const { number, count } of moved) {
    appendSigned(chains, fresh, { number, bodies: records.bodies(number, count), folder: state.folder }, key)
  }
  records.reload()
  state.revision++
  state.touch()
}
