import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { HoldfastError } from '#base'
import type { DeviceId } from '#model'
import { bareHost } from './host.ts'
import { createIdentity } from './identity.ts'

/** Throws `exists` where this very device runs at that port of this computer already, which it can only from a copy of its home. */
export async function refuseTwin(device: DeviceId, port: string): Promise<void> {
  if (!(await answersAs(device, port))) return
  throw new HoldfastError(
    'exists',
    `a daemon on this computer is this very device already (${device}): the home of one was copied`,
    {
      hint: 'run one of the two only; for a second device choose an empty directory with --home, and there holdfast join CODE',
    },
  )
}

/** Asked as a stranger, who is refused; but not before the handshake has proved who refuses. */
async function answersAs(device: DeviceId, port: string): Promise<boolean> {
  let proved = false
  const bare = bareHost({ identity: createIdentity(), listen: [], serviceTag: null, allows: () => true })
  const denyOutboundEncryptedConnection = (): boolean => (proved = true)
  const node = await createLibp2p({ ...bare, connectionGater: { ...bare.connectionGater, denyOutboundEncryptedConnection } })
  try {
    await node.start()
    await node.dial(multiaddr(`/ip4/127.0.0.1/tcp/${port}/p2p/${device}`))
  } catch {
    // Denied above; or another device, or no device at all, is there.
  } finally {
    await node.stop()
  }
  return proved
}
