import type { PeerId } from '@libp2p/interface'
import type { PingComponents } from '@libp2p/ping'
import { HoldfastError } from '#base'
import type { DeviceId } from '#model'

type Registrar = PingComponents['registrar']
/** The members of a libp2p service's components that are of interest here. */
interface WithRegistrar {
  registrar: Registrar
}

/** A libp2p service that serves, and takes note of, only the devices that `allows` names. */
export function guarded<Components extends WithRegistrar, Service>(
  make: (components: Components) => Service,
  allows: (device: DeviceId) => boolean,
): (components: Components) => Service {
  const isAllowed = (peer: PeerId): boolean => allows(peer.toString() as DeviceId)
  return (components) => {
    const { registrar } = components
    const handle: Registrar['handle'] = (protocol, handler, options) =>
      registrar.handle(
        protocol,
        (stream, connection) => {
          if (isAllowed(connection.remotePeer)) return handler(stream, connection)
          stream.abort(new HoldfastError('denied', `${connection.remotePeer.toString()} is in the group no more`))
        },
        options,
      )
    const register: Registrar['register'] = (protocol, topology, options) =>
      registrar.register(
        protocol,
        {
          ...topology,
          onConnect: (peer, connection) => (isAllowed(peer) ? topology.onConnect?.(peer, connection) : undefined),
        },
        options,
      )
    const guard = Object.create(registrar, { handle: { value: handle }, register: { value: register } }) as Registrar
    return make(Object.create(components, { registrar: { value: guard } }) as Components)
  }
}
