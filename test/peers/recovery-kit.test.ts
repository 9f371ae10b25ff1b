import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { HoldfastError, seededRandom, systemRandom } from '#base'
import { groupIdOf, sha256, toHex } from '#model'
import { checkPassphrase, kitIdentity, openKit, readRecoveryWords, recoveryWords, sealKit, type RecoveryKit } from '#peers'

const PASSPHRASE = 'seven hills and a river'
const random = seededRandom(3)
const kit: RecoveryKit = {
  code: { secret: random.bytes(16), group: groupIdOf(random.bytes(16)) },
  name: 'recovery-kit',
  made: 1_740_800_000_123,
  devices: [],
}
let file = ''

beforeAll(async () => {
  file = await sealKit(kit, PASSPHRASE, { random: systemRandom })
})

/** The file with its bytes changed, and what tells of damage made anew, as somebody who does it on purpose would. */
function altered(change: (bytes: Buffer) => void): string {
  const [before, , base64 = '', , after] = file.split(/(-----BEGIN [^-]*-----|-----END [^-]*-----)/)
  const bytes = Buffer.from(base64, 'base64')
  change(bytes)
  bytes.set(sha256(Buffer.from('holdfast/v1/recovery-kit\0'), bytes.subarray(0, -8)).subarray(0, 8), bytes.length - 8)
  return `${before}-----BEGIN HOLDFAST RECOVERY KIT-----${bytes.toString('base64')}-----END HOLDFAST RECOVERY KIT-----${after}`
}

async function codeOf(opening: Promise<unknown>): Promise<string> {
  return opening.then(
    () => 'opened',
    (error: unknown) => (error instanceof HoldfastError ? error.code : String(error)),
  )
}

describe('the file of a recovery kit', () => {
  it('opens with its passphrase, whatever became of line ends and of the words around it', async () => {
    expect(await openKit(`> ${file.replaceAll('\n', '\r\n')}\r\nkept in the drawer`, PASSPHRASE)).toEqual(kit)
  })

  it('tells another passphrase from damage, and both from a file that is no kit', async () => {
    expect(await codeOf(openKit(file, 'Seven hills and a river'))).toBe('denied')
    const inside = file.indexOf('KIT-----') + 100
    const other = file[inside] === 'A' ? 'B' : 'A'
    expect(await codeOf(openKit(`${file.slice(0, inside)}${other}${file.slice(inside + 1)}`, PASSPHRASE))).toBe('corrupt')
    expect(await codeOf(openKit(file.slice(0, -60), PASSPHRASE))).toBe('corrupt')
    expect(await codeOf(openKit(file.replace(/KIT-----\n.*\n/, 'KIT-----\n'), PASSPHRASE))).toBe('corrupt')
    expect(await codeOf(openKit('shopping list', PASSPHRASE))).toBe('usage')
  })

  it('does not open where anything in it was changed by somebody who made the checksum anew', async () => {
    expect(
      await codeOf(
        openKit(
          altered((bytes) => (bytes[20]! ^= 1)),
          PASSPHRASE,
        ),
      ),
    ).toBe('denied')
    expect(
      await codeOf(
        openKit(
          altered((bytes) => (bytes[bytes.length - 12]! ^= 1)),
          PASSPHRASE,
        ),
      ),
    ).toBe('denied')
    expect(
      await codeOf(
        openKit(
          altered((bytes) => (bytes[5] = 14)),
          PASSPHRASE,
        ),
      ),
    ).toBe('denied')
    expect(
      await codeOf(
        openKit(
          altered((bytes) => (bytes[4] = 2)),
          PASSPHRASE,
        ),
      ),
    ).toBe('unsupported')
  })

  it('takes neither all memory nor hours, whatever it asks for', async () => {
    for (const [logN, r, p] of [
      [31, 8, 1],
      [21, 1, 1],
      [20, 8, 1],
      [17, 255, 1],
      [17, 8, 255],
      [0, 8, 1],
      [17, 0, 1],
    ]) {
      const before = performance.now()
      expect(
        await codeOf(
          openKit(
            altered((bytes) => bytes.set([logN!, r!, p!], 5)),
            PASSPHRASE,
          ),
        ),
      ).toBe('corrupt')
      expect(performance.now() - before).toBeLessThan(200)
    }
  })

  it('is not made with a passphrase that could be tried out', () => {
    for (const weak of ['', '            ', 'short', 'aaaaaaaaaaaaaaaaaaaa', 'abcabcabcabcabc', '12345678901'])
      expect(() => checkPassphrase(weak)).toThrow(HoldfastError)
    for (const good of [PASSPHRASE, '七つの丘と一つの川が流れる町'.padEnd(12, '。')]) checkPassphrase(good)
  })
})

describe('the words of a recovery kit', () => {
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 })

  it('are 24, and say all of it, however they are written down', () => {
    fc.assert(
      fc.property(bytes, bytes, (secret, group) => {
        const code = { secret, group: groupIdOf(group) }
        const words = recoveryWords(code)
        expect(words).toHaveLength(24)
        expect(readRecoveryWords(words.join(' '))).toEqual(code)
        const numbered = words.map((word, at) => `${at + 1}. ${word.toUpperCase()}`).join(',\n')
        expect(readRecoveryWords(numbered)).toEqual(code)
      }),
      { numRuns: 50 },
    )
  })

  it('say which of them is wrong, how many are lacking, and that two have changed places', () => {
    const words = recoveryWords(kit.code)
    const misspelt = words.with(6, 'hollyhock')
    expect(() => readRecoveryWords(misspelt.join(' '))).toThrow('word 7, "hollyhock"')
    expect(() => readRecoveryWords(words.slice(1).join(' '))).toThrow('these are 23')
    const first = words.findIndex((word) => word !== words[0])
    const swapped = words.with(0, words[first]!).with(first, words[0]!)
    expect(() => readRecoveryWords(swapped.join(' '))).toThrow('mistake')
  })

  it('make the same keys as the file, and others in another group', () => {
    const { device, x25519 } = kitIdentity(kit.code)
    expect(kitIdentity(readRecoveryWords(recoveryWords(kit.code).join(' '))).device).toBe(device)
    const elsewhere = kitIdentity({ ...kit.code, group: groupIdOf(new Uint8Array(16)) })
    expect(elsewhere.device).not.toBe(device)
    expect(toHex(elsewhere.x25519)).not.toBe(toHex(x25519))
  })
})
