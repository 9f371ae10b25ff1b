/** Of a letter that begins a word, or follows the one that was found before: both are what people type. */
const AT_START = 8
const IN_A_ROW = 5
/** For each letter between two that were found. */
const GAP = 1

/**
 * How well a text fits what somebody types of it, or undefined where a word of that is not in it: its letters in their order, with others
 * between them. More is better. Case and accents do not count.
 */
export function fuzzy(text: string, typed: string): number | undefined {
  const letters = plain(text)
  let sum = 0
  for (const word of plain(typed).split(/\s+/u)) {
    const found = best(letters, word)
    if (found === undefined) return undefined
    sum += found
  }
  return sum - letters.length / 100 // Of two that fit as well the shorter one is meant.
}

function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

/** From each place where the first letter is. What is scattered over the whole text is not what was meant. */
function best(letters: string, word: string): number | undefined {
  let most = word === '' ? 0 : -1
  for (let start = letters.indexOf(word[0] ?? ''); start >= 0 && word !== ''; start = letters.indexOf(word[0]!, start + 1)) {
    most = Math.max(most, from(letters, word, start))
  }
  return most < 0 ? undefined : most
}

/** Each letter at the first place after the one before: enough for texts of some words. */
function from(letters: string, word: string, start: number): number {
  let sum = 0
  let last = start
  for (let nth = 0; nth < word.length; nth++) {
    const at = nth === 0 ? start : letters.indexOf(word[nth]!, last + 1)
    if (at < 0) return -1
    if (at === 0 || !/[\p{L}\p{N}]/u.test(letters[at - 1]!)) sum += AT_START
    if (nth > 0) sum += at === last + 1 ? IN_A_ROW : (last + 1 - at) * GAP
    last = at
  }
  return sum
}
