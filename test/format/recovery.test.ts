import { describe, expect, it } from 'vitest'
import { seededRandom } from '#base'
import { groupIdOf } from '#model'
import { kitIdentity, openKit, readRecoveryWords, recoveryWords, sealKit, type RecoveryKit } from '#peers'
import { x25519PublicKey } from '../../src/peers/wrap.ts'
import { founder, other } from './peers-cases.ts'
import frozen from './recovery.json' with { type: 'json' }

const PASSPHRASE = 'Über alle Berge, 7 Hügel weit'

function bytes(first: number): Uint8Array {
  return Uint8Array.from({ length: 16 }, (_, at) => (first + at) & 0xff)
}

const kit: RecoveryKit = {
  code: { secret: bytes(80), group: groupIdOf(bytes(9)) },
  name: 'recovery-kit',
  made: 1_740_800_000_123,
  devices: [
    { device: other.device, addresses: ['/ip4/192.168.1.20/tcp/40001', '/ip6/fe80::1:2/tcp/40002'] },
    { device: founder.device, addresses: [] },
  ],
}

describe('the frozen formats of recovery kits', () => {
  it('are still written the same', async () => {
    const { device, seed, x25519 } = kitIdentity(kit.code)
    const [signing, wrapping] = [seed, x25519PublicKey(x25519)].map((key) => Buffer.from(key).toString('hex'))
    expect({ device, signing, wrapping, words: recoveryWords(kit.code).join(' ') }).toEqual({ ...frozen, file: undefined })
    // What stands above is for people, and may be said otherwise.
    const file = (await sealKit(kit, PASSPHRASE, { random: seededRandom(7) })).split('\n')
    const begin = (lines: string[]): number => lines.findIndex((line) => line.startsWith('-----BEGIN'))
    expect(file.slice(begin(file))).toEqual(frozen.file.slice(begin(frozen.file)))
  })

  it('are still read, with the passphrase as any keyboard writes it', async () => {
    expect(await openKit(frozen.file.join('\n'), PASSPHRASE.normalize('NFD'))).toEqual(kit)
    expect(readRecoveryWords(frozen.words)).toEqual(kit.code)
  })
})
