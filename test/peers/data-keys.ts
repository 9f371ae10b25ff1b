import { seededRandom } from '#base'
import type { DataKey } from '#content'
import { folderIdOf, toHex, type FolderId } from '#model'
import type { Group } from '#peers'
import type { WrappedDataKey } from '../../src/peers/operation-body.ts'
import { dataKeyId, secretCheck, wrapDataKey, wrapSecret, x25519PublicKey } from '../../src/peers/wrap.ts'
import { join, meet, member, write, type Member } from './members.ts'

export const random = seededRandom(5)

export async function three(): Promise<[Member, Member, Member]> {
  const [a, b, c] = [await member('a'), await member('b'), await member('c')]
  await join(a, b)
  await join(a, c)
  await meet(a, b, c)
  return [a, b, c]
}

/** A folder as earlier versions created it: with a secret, and without a data key. */
export async function oldFolder(by: Member, name = 'f'): Promise<FolderId> {
  const folder = folderIdOf(random.bytes(16))
  const secret = random.bytes(32)
  const made = { folder, name, history: 'full', consistency: 'eventual', created: 1 } as const
  await write(by, { kind: 'folder.create', ...made, check: secretCheck(secret), past: [] })
  for (const { device } of by.group.state.devices) {
    const place = { group: by.group.state.id, folder, device }
    await write(by, wrapSecret(secret, place, by.group.state.x25519(device)!, random.bytes(32)))
  }
  return folder
}

/** A data key wrapped for a device by hand. */
export function wrapped(group: Group, folder: FolderId, to: Member, key: DataKey & { hlc: number }): WrappedDataKey {
  const place = { group: group.state.id, folder, device: to.identity.device }
  return wrapDataKey(key, place, x25519PublicKey(to.identity.x25519), random.bytes(32))
}

export function made(folder: FolderId, hlc: number): DataKey & { hlc: number } {
  const key = random.bytes(32)
  return { id: dataKeyId(key, folder, hlc), hlc, key }
}

export function ids(keys: readonly DataKey[]): string[] {
  return keys.map(({ id }) => toHex(id))
}

export function now({ group }: Member): number {
  return Math.max(...group.log.operations().map(({ hlc }) => hlc))
}
