import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { identify, type Identify } from '@libp2p/identify'
import type { Libp2p, PeerDiscovery, ServiceMap } from '@libp2p/interface'
import { kadDHT, passthroughMapper, type KadDHT } from '@libp2p/kad-dht'
import { mdns, type MulticastDNSComponents } from '@libp2p/mdns'
import { noise } from '@libp2p/noise'
import { ping, type Ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { HoldfastError, messageOf, systemWords, type Logger } from '#base'
import { devicePublicKey, type DeviceId } from '#model'
import { guarded } from './guarded.ts'
import type { Identity } from './identity.ts'

/** The protocols between devices of a group. */
export const PROTOCOLS = {
  group: '/holdfast/group/1.0.0',
  index: '/holdfast/index/1.0.0',
  bulk: '/holdfast/bulk/1.0.0',
  dht: '/holdfast/kad/1.0.0',
} as const

/** What devices of a group announce themselves by on the local network. */
export const SERVICE_TAG = '_holdfast._udp.local'
const MDNS_INTERVAL_MS = 20_000
const MIB = 1024 * 1024
const SLOW_MS = 30 * 60_000

export interface HostServices extends ServiceMap {
  identify: Identify
  ping: Ping
  dht: KadDHT
}

export type Host = Libp2p<HostServices>

export interface BareHostOptions {
  identity: Identity
  /** Multiaddrs. */
  listen: readonly string[]
  /** mDNS service to announce and look for; null = none. */
  serviceTag: string | null
  mdnsIntervalMs?: number
  /** Hears of each answer to mDNS. libp2p's own `peer:discovery` tells of a device once, never that it is still there or has moved. */
  announced?(device: DeviceId, addresses: readonly string[]): void
  /** Bytes that one stream may have under way; default 4 MiB. */
  windowBytes?: number
  /** Whom to talk to. */
  allows(device: DeviceId): boolean
  /** Whose connections to take besides. */
  hears?(device: DeviceId): boolean
}

/** What every libp2p node of ours is made of: TCP, noise, yamux, mDNS, and a gate. */
export function bareHost(options: BareHostOptions) {
  const { identity, serviceTag, allows, hears = allows, windowBytes = 4 * MIB } = options
  const refused = (peer: { toString(): string }): boolean => !allows(peer.toString() as DeviceId)
  const unheard = (peer: { toString(): string }): boolean => refused(peer) && !hears(peer.toString() as DeviceId)
  const discovery: Discovery[] =
    serviceTag === null ? [] : [announcing(mdns({ serviceTag, interval: options.mdnsIntervalMs ?? MDNS_INTERVAL_MS }), options)]
  return {
    start: false,
    // Of both halves: from the seed alone libp2p works the public one out in JavaScript, which takes it longer than all else here.
    privateKey: privateKeyFromRaw(Buffer.concat([identity.seed, devicePublicKey(identity.device)])),
    nodeInfo: { name: 'holdfast', version: '1' },
    addresses: { listen: [...options.listen] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    // A window above the read buffer would let a fast sender overrun a paused stream, which resets it.
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: windowBytes, maxReadBufferLength: 2 * windowBytes } })],
    peerDiscovery: discovery,
    connectionGater: {
      denyDialPeer: refused,
      denyInboundEncryptedConnection: unheard,
      denyOutboundEncryptedConnection: refused,
      // Own network: private addresses are what we dial.
      denyDialMultiaddr: () => false,
    },
    // Our own heartbeat, which a busy device survives; a stream per ping would cost a datastore write each.
    connectionMonitor: { enabled: false },
    // An address that is forgotten is not taken in again while its device stays connected, and without one the DHT names no device: neither
    // where it is nor what it provides. `identify` puts the new ones of a device in the place of its old ones.
    peerStore: { maxAddressAge: Infinity, maxPeerAge: Infinity },
    // Our own reconnect loop.
    connectionManager: { reconnectRetries: 0, inboundConnectionThreshold: 50, addressDialTimeout: 5_000 },
  }
}

type Discovery = (components: MulticastDNSComponents) => PeerDiscovery

function announcing(create: Discovery, { announced }: Pick<BareHostOptions, 'announced'>): Discovery {
  return (components) => {
    const discovery = create(components)
    discovery.addEventListener('peer', ({ detail }) => {
      announced?.(detail.id.toString() as DeviceId, detail.multiaddrs.map(String))
    })
    return discovery
  }
}

/** A device's libp2p node, not started yet. */
async function createHost(options: Omit<BareHostOptions, 'serviceTag'> & { lan: boolean }): Promise<Host> {
  const bare = bareHost({ ...options, serviceTag: options.lan ? SERVICE_TAG : null })
  return createLibp2p<HostServices>({
    ...bare,
    services: {
      identify: guarded(identify(), options.allows),
      ping: guarded(ping(), options.allows),
      // With the default mapper or without clientMode, tables silently stay empty.
      dht: guarded(
        kadDHT({
          protocol: PROTOCOLS.dht,
          clientMode: false,
          peerInfoMapper: passthroughMapper,
          allowQueryWithZeroPeers: true,
          initialQuerySelfInterval: 500,
          querySelfInterval: SLOW_MS,
          // Provider records are renewed by our own Reprovider, slowly; these are what it has come too late for.
          reprovide: { threshold: 0, concurrency: 1 },
        }),
        options.allows,
      ),
    },
  })
}

/** The setting that keeps the port, so that the addresses others know stay right. */
const PORT_SETTING = 'peers.port'

export interface StartHostParts {
  identity: Identity
  store: { setting(key: string): Promise<string | null>; putSetting(key: string, value: string | null): Promise<void> }
  logger: Logger
  /** The devices of the group. */
  allows(device: DeviceId): boolean
  /** Those that were, which are taken in to be told so: of what the node itself offers they get nothing. */
  hears(device: DeviceId): boolean
  /** Hears that the port of the last time is taken on this computer, and may refuse to go on. */
  taken(port: string): Promise<void>
}

/** libp2p says of each address, in many lines, why it cannot be had. */
function cannotListen(listen: readonly string[], cause: unknown): HoldfastError {
  const [code] = /\bE[A-Z]{4,}\b/.exec(messageOf(cause)) ?? []
  return new HoldfastError(
    'denied',
    `this device cannot listen at ${listen.join(', ')}: ${systemWords(code, messageOf(cause))}`,
    {
      hint: 'choose others: serve --listen MULTIADDR counts instead of the setting, which can then be changed: holdfast config set listen MULTIADDR',
      cause,
    },
  )
}

/** Starts a device's node: at `listen`, or where that is empty at the port of the last time, or another one where that is taken. */
export async function startHost(
  parts: StartHostParts,
  { listen, lan }: { listen: readonly string[]; lan: boolean },
): Promise<Host> {
  const begin = async (addresses: readonly string[]): Promise<Host> => {
    const host = await createHost({ ...parts, lan, listen: addresses })
    await host.start()
    return host
  }
  if (listen.length > 0) {
    return begin(listen).catch((error: unknown) => {
      throw cannotListen(listen, error)
    })
  }
  const ip = lan ? '0.0.0.0' : '127.0.0.1'
  const port = await parts.store.setting(PORT_SETTING)
  if (port !== null) {
    try {
      return await begin([`/ip4/${ip}/tcp/${port}`])
    } catch (error) {
      await parts.taken(port)
      parts.logger.warn(
        { port, reason: messageOf(error) },
        'the port of the last time is taken; others have to find this device anew',
      )
    }
  }
  const host = await begin([`/ip4/${ip}/tcp/0`])
  const fresh = host
    .getMultiaddrs()[0]
    ?.getComponents()
    .find(({ name }) => name === 'tcp')?.value
  await parts.store.putSetting(PORT_SETTING, fresh ?? null)
  return host
}
