import { hkdfSync } from 'node:crypto'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { HoldfastError } from '#base'
import { groupIdOf, idBytes, type GroupId } from '#model'
import { identityOf, type Identity } from './identity.ts'

export const SECRET_BYTES = 16
const WORDS = 24
const SIGNING = 'holdfast/v1/recovery-ed25519'
const WRAPPING = 'holdfast/v1/recovery-x25519'

/** All that a recovery kit is: 128 random bits, and the group in which it counts. Whoever has it can read the group's folders. */
export interface RecoveryCode {
  secret: Uint8Array
  group: GroupId
}

/** The keys of a kit, by HKDF-SHA256 of the secret, with the group's id as salt: 32 bytes for each of the two. */
export function kitIdentity({ secret, group }: RecoveryCode): Identity {
  const derive = (info: string): Uint8Array => new Uint8Array(hkdfSync('sha256', secret, idBytes(group), info, 32))
  return identityOf(derive(SIGNING), derive(WRAPPING))
}

/** The code as 24 words of BIP39's English list, with its checksum: secret ‖ group. */
export function recoveryWords({ secret, group }: RecoveryCode): string[] {
  return entropyToMnemonic(Buffer.concat([secret, idBytes(group)]), wordlist).split(' ')
}

/** Reads the words, however they are cased, numbered and set. Throws `usage` for other words, `corrupt` where they do not fit together. */
export function readRecoveryWords(text: string): RecoveryCode {
  const words = text
    .toLowerCase()
    .split(/[\s,;.\d]+/)
    .filter((word) => word !== '')
  for (const [at, word] of words.entries()) {
    if (!wordlist.includes(word))
      throw new HoldfastError('usage', `word ${at + 1}, ${JSON.stringify(word)}, is none of which recovery kits are made`, {
        reason: 'word-unknown',
        values: { number: at + 1, word },
        hint: 'look at that word again: each is an English word of 3 to 8 letters',
      })
  }
  if (words.length !== WORDS) {
    throw new HoldfastError('usage', `a recovery kit has ${WORDS} words, and these are ${words.length}`, {
      reason: 'words-missing',
      values: { wanted: WORDS, words: words.length },
      hint: 'write all of them, in their order',
    })
  }
  try {
    const bytes = mnemonicToEntropy(words.join(' '), wordlist)
    return { secret: bytes.slice(0, SECRET_BYTES), group: groupIdOf(bytes.slice(SECRET_BYTES)) }
  } catch (cause) {
    throw new HoldfastError('corrupt', 'there is a mistake in the words: each is one of the list, but they do not fit together', {
      reason: 'words-mistake',
      hint: 'compare them with what was written down, one by one and in their order',
      cause,
    })
  }
}
