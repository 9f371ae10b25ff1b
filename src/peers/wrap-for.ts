import { messageOf, type Logger, type Random } from '#base'
import type { DeviceId } from '#model'
import type { FoldedGroup } from './fold-group.ts'
import type { GroupState } from './group.ts'
import type { WrapPlace } from './wrap.ts'

/** Who is to have the keys of a folder that all members may read. */
export function keyHolders({ devices, kits }: GroupState): DeviceId[] {
  return [...devices.filter(({ role }) => role === 'member'), ...kits].map(({ device }) => device)
}

/** Wraps something for a device of the group; nothing where the device has announced no key, or none to which anything can be wrapped. */
export function wrapFor<T>(
  { random, logger }: { random: Random; logger: Logger },
  state: Pick<FoldedGroup, 'id' | 'x25519'>,
  { folder, device }: Pick<WrapPlace, 'folder' | 'device'>,
  wrap: (place: WrapPlace, recipient: Uint8Array, ephemeral: Uint8Array) => T,
): T[] {
  const key = state.x25519(device)
  if (key === undefined) return []
  try {
    return [wrap({ group: state.id, folder, device }, key, random.bytes(32))]
  } catch (error) {
    // Not every 32 bytes are a key (RFC 7748, small order). Whoever announced such gets nothing; the others must not suffer for it.
    logger.warn({ device, folder, reason: messageOf(error) }, 'a device announced a key to which nothing can be wrapped')
    return []
  }
}
