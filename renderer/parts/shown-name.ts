/**
 * What draws nothing itself, or changes how what is around it is drawn: controls, marks of direction, lone halves of a pair (UAX #9, UTR #36).
 * The joiners that emoji and Persian words are made with stay as they are.
 */
const HIDDEN = /(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const EDGE_SPACE = /^\s+|\s+$/gu
const PICTURES = 0x2400
const DELETE = 0x7f

/** A name as it can be shown: nothing in it is hidden, and nothing turns what is around it. */
export function visible(name: string): string {
  return name.replace(HIDDEN, pictureOf).replace(EDGE_SPACE, (spaces) => '␣'.repeat(spaces.length))
}

/** The same for a sentence: it runs from left to right or from right to left by itself, whatever the sentence does. */
export function quoted(name: string): string {
  return `\u2068${visible(name)}\u2069`
}

function pictureOf(mark: string): string {
  const code = mark.codePointAt(0) ?? 0
  if (code < 0x20) return String.fromCodePoint(PICTURES + code)
  if (code === DELETE) return '␡'
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}

/** Letters at a name's end that are always shown: its ending, and what tells it from others of the same beginning. */
const TAIL = 12

/** A name in two parts, of which the first is cut where there is no room: what tells files apart is often at the end. */
export function halves(name: string): [head: string, tail: string] {
  const letters = Array.from(visible(name))
  const at = letters.length > 2 * TAIL ? letters.length - TAIL : letters.length
  return [letters.slice(0, at).join(''), letters.slice(at).join('')]
}
