/** What the daemon takes at least for the file of a recovery kit. */
const MIN_CHARACTERS = 12
const MIN_DIFFERENT = 6

/** Whoever has the file can try passphrases as fast as machines are: what a year of many of them comes to, and a margin. */
const GOOD_BITS = 60
const STRONG_BITS = 80
/** Of a word that somebody takes at random out of a list of some thousands; people's own choice is worth less. */
const WORD_BITS = 11

export type Strength = 'short' | 'weak' | 'good' | 'strong'

/** How hard a passphrase is to find, by what it is made of at most: characters of the kinds that it has, or words. */
export function strength(passphrase: string): Strength {
  const characters = Array.from(passphrase.normalize('NFKC'))
  const different = new Set(characters).size
  if (characters.length < MIN_CHARACTERS || different < MIN_DIFFERENT) return 'short'
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/u].map((kind, at) => (kind.test(passphrase) ? [26, 26, 10, 33][at]! : 0))
  // `aaaa` and `abcd` are found like one character.
  const apart = characters.filter((each, at) => at === 0 || Math.abs(codeOf(each) - codeOf(characters[at - 1])) > 1).length
  const byCharacters = Math.min(apart, 2 * different) * Math.log2(kinds.reduce((sum, count) => sum + count, 0))
  const words = passphrase.split(/[\s,.;_-]+/).filter((word) => word.length > 2)
  const isWords = words.length > 1 && words.every((word) => /^\p{L}+$/u.test(word))
  const bits = isWords ? Math.min(byCharacters, new Set(words).size * WORD_BITS) : byCharacters
  return bits < GOOD_BITS ? 'weak' : bits < STRONG_BITS ? 'good' : 'strong'
}

function codeOf(character = ''): number {
  return character.codePointAt(0) ?? 0
}
