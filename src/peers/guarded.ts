import { isPeerId, type PeerId } from '@libp2p/interface'
import type { PingComponents } from '@libp2p/ping'
import { HoldfastError } from '#base'
import type { DeviceId } from '#model'

/** The members of a libp2p service's components that are of interest here. */
type Guarded = Pick<PingComponents, 'registrar' | 'connectionManager'>
type Registrar = Guarded['registrar']
type OpenStream = Guarded['connectionManager']['openStream']

/** A libp2p service that serves, takes note of and asks only the devices that `allows` names. */
export function guarded<Components extends Pick<Guarded, 'registrar'>, Service>(
  make: (components: Components) => Service,
  allows: (device: DeviceId) => boolean,
): (components: Components & Guarded) => Service {
  const isAllowed = (peer: PeerId): boolean => allows(peer.toString() as DeviceId)
  const denied = (peer: PeerId): HoldfastError => new HoldfastError('denied', `${peer.toString()} is in the group no more`)
  return (components) => {
    const { registrar, connectionManager } = components
    const handle: Registrar['handle'] = (protocol, handler, options) =>
      registrar.handle(
        protocol,
        (stream, connection) => {
          if (isAllowed(connection.remotePeer)) return handler(stream, connection)
          stream.abort(denied(connection.remotePeer))
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
    // Whom a service has taken note of may have been put out since, and be connected to hear of it.
    const openStream: OpenStream = (peer, ...rest) =>
      isPeerId(peer) && !isAllowed(peer) ? Promise.reject(denied(peer)) : connectionManager.openStream(peer, ...rest)
    const asking = Object.create(connectionManager, { openStream: { value: openStream } }) as Guarded['connectionManager']
    return make(Object.create(components, { registrar: { value: guard }, connectionManager: { value: asking } }) as Components)
  }
}
