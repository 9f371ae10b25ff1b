import { HoldfastError, sleep } from '#base'
import type { FolderId } from '#model'
import type { RegistryParts } from './folder-opener.ts'

/** How long a join waits for a device that has the folder's key. */
export const KEY_WAIT_MS = 20_000

/** The key of a folder called `name`, as soon as some device has given it; throws `offline` when none does in time. */
export async function awaitSecret(
  { group, clock }: Pick<RegistryParts, 'group' | 'clock'>,
  folder: FolderId,
  name: string,
): Promise<Uint8Array> {
  for (const end = clock.monotonic() + KEY_WAIT_MS; clock.monotonic() < end; await sleep(clock, 50)) {
    const secret = group.secret(folder)
    if (secret !== null) return secret
  }
  throw new HoldfastError('offline', `no device that has the key of ${name} is connected`, {
    reason: 'no-key',
    values: { folder: name },
    hint: 'start one that has the folder, and try again',
  })
}
