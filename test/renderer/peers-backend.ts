import type { Device, Peer } from '#api/contract'
import { HoldfastError } from '#base'
import { OTHER, STRANGER, THIS, type MemoryBackend } from '../api/memory-backend.ts'

const NAS = STRANGER.replace(/.$/, 'n')
const LAPTOP = STRANGER.replace(/.$/, 'l')
const KIT = STRANGER.replace(/.$/, 'k')

/** A group as it comes to be: one device near, one behind a relay, one that only stores and is full, one away, and a kit. */
export function withGroup(backend: MemoryBackend): void {
  const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString()
  const device = (id: string, name: string, more: Partial<Device>): Device => ({
    ...{ device: id, name, role: 'member', connected: true, lastSeen: ago(0), pledgeBytes: 0, ...more },
  })
  const peer = (id: string, name: string, more: Partial<Peer>): Peer => ({
    ...{ device: id, name, connected: true, address: null, rttMs: null, syncedPercent: null, obstacle: null, ...more },
  })
  backend.deviceList = [
    device(THIS, 'desk', { lastSeen: null, pledgeBytes: 200e9 }),
    device(OTHER, 'kitchen', { pledgeBytes: 50e9 }),
    device(LAPTOP, 'laptop', {}),
    device(NAS, 'attic', { role: 'storage', pledgeBytes: 1e12 }),
    device(STRANGER, 'phone', { connected: false, lastSeen: ago(30) }),
    device(KIT, 'recovery-kit', { role: 'recovery', connected: false, lastSeen: ago(400) }),
  ]
  backend.peerList = [
    peer(OTHER, 'kitchen', { address: `/ip4/192.168.1.4/tcp/4001/p2p/${OTHER}`, rttMs: 1.24, syncedPercent: 99.96 }),
    peer(LAPTOP, 'laptop', {
      address: `/ip4/203.0.113.9/tcp/4001/p2p/x/p2p-circuit/p2p/${LAPTOP}`,
      rttMs: 84,
      syncedPercent: 62,
    }),
    peer(NAS, 'attic', { address: '/ip6/2001:db8::7/udp/4001/quic-v1', rttMs: 22, syncedPercent: 100, obstacle: 'full' }),
    peer(STRANGER, 'phone', { connected: false }),
  ]
  backend.transferState = {
    ...backend.transferState,
    peers: [{ device: OTHER, receiveBytesPerSecond: 2.4e6, sendBytesPerSecond: 1e5 }],
  }
}

/** Codes that are refused, each as a daemon does that. */
export function refuseCodes(backend: MemoryBackend): void {
  const faults: Record<string, HoldfastError> = {
    used: new HoldfastError('denied', 'this invite code has been used already; each is for one device'),
    away: new HoldfastError('offline', 'the inviting device does not answer'),
    hf: new HoldfastError('usage', 'this is no invite code'),
    grouped: new HoldfastError('conflict', 'both devices are in a group with others'),
  }
  const join = backend.joinGroup
  backend.joinGroup = async (input, signal) => {
    const fault = faults[input.code]
    if (fault !== undefined) throw fault
    return await join(input, signal)
  }
}

/** All settings of a daemon, as it has them. */
export function withSettings(backend: MemoryBackend): void {
  backend.settings = new Map(
    Object.entries({
      ...{ name: 'desk', listen: '', http: '127.0.0.1:8390', log_level: 'info', gc_grace: '1d', cache_bytes: 1_073_741_824 },
      ...{
        scrub_days: 30,
        pledge: 200e9,
        rate_limit_up: '2MB/s',
        rate_limit_down: '0',
        replication_factor: 3,
        leave_after: '30d',
      },
    }),
  )
  backend.running = new Map([['http', '127.0.0.1:8400']])
  const set = backend.configSet
  backend.configSet = async (input, signal) => {
    if (input.value === 'full')
      throw new HoldfastError('usage', `"full" is no value for ${input.key}`, { hint: 'it takes a size, like 100GB' })
    return { ...(await set(input, signal)), ...(input.key === 'gc_grace' && { note: 'What sync replaces is gone sooner.' }) }
  }
}
