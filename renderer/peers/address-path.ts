/** How a device is connected: through another one, or directly, and then how far away it is. */
export interface AddressPath {
  reach: 'relayed' | 'here' | 'local' | 'internet'
  /** Its IP address or name, with the port; null where it is relayed, or the address has none. */
  host: string | null
}

const LOCAL_V4 = /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/
const LOCAL_V6 = /^(fe[89ab]|f[cd])/i

/** What a multiaddr says of that (github.com/multiformats/multiaddr); private ranges are those of RFC 1918, 3927, 4193, 4291 and 6598. */
export function addressPath(address: string): AddressPath {
  if (/\/p2p-circuit(\/|$)/.test(address)) return { reach: 'relayed', host: null }
  const [, kind, host] = /^\/(ip4|ip6|dns4|dns6|dns|dnsaddr)\/([^/]+)/.exec(address) ?? []
  if (kind === undefined || host === undefined) return { reach: 'internet', host: null }
  const [, port] = /\/(?:tcp|udp)\/(\d+)/.exec(address) ?? []
  const shown = kind === 'ip6' ? `[${host}]` : host
  return { reach: reachOf(kind, host), host: port === undefined ? shown : `${shown}:${port}` }
}

function reachOf(kind: string, host: string): AddressPath['reach'] {
  if (kind === 'ip4') return host.startsWith('127.') ? 'here' : LOCAL_V4.test(host) ? 'local' : 'internet'
  if (kind === 'ip6') return host === '::1' ? 'here' : LOCAL_V6.test(host) ? 'local' : 'internet'
  return host.endsWith('.local') ? 'local' : 'internet'
}

/** A multiaddr without the PeerId at its end, which is said already. */
export function withoutId(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}
