import type { FolderSync } from '#sync'

/** More than so much to come, here or at a device that is connected, is much. */
const MANY_ENTRIES = 256
const MANY_BYTES = 64 * 1024 * 1024

/**
 * What sync of a folder is at, for work that is behind it: is it at work, which what others still bring to their disks is as well; and has it so much
 * to do that it is to be left alone for longer? Little may be to do all the time. `isOnDisk`: the folder has a place here.
 */
export function workOf(sync: () => FolderSync | null, isOnDisk: boolean): { isBusy(): boolean; isBulk(): boolean } {
  return {
    isBusy() {
      const at = sync()
      return at === null || at.standing.state !== 'idle' || at.exchange.peers.some(({ state }) => (state?.needEntries ?? 0) > 0)
    },
    isBulk() {
      const at = sync()
      if (at === null || at.standing.state === 'scanning') return true
      const needs = [isOnDisk ? at.totals : null, ...at.exchange.peers.map(({ state }) => state)]
      return needs.some((need) => need != null && (need.needEntries > MANY_ENTRIES || need.needBytes > MANY_BYTES))
    },
  }
}
