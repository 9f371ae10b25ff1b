import IntlMessageFormat from 'intl-messageformat'

const parse = IntlMessageFormat.__parse!
type Parts = ReturnType<typeof parse>

/** As the parser numbers them. */
const LITERAL = 0

const ACCENTED: Record<string, string> = {
  ...{ a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', y: 'ý', c: 'ç', n: 'ñ', s: 'š', z: 'ž' },
  ...{ A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú', Y: 'Ý', C: 'Ç', N: 'Ñ', S: 'Š', Z: 'Ž' },
}

/** Words that nobody wrote in a catalogue stay as they are, and what has no room for a longer language shows. */
export function accented(text: string): string {
  const words = text.replaceAll(/[a-z]/gi, (letter) => ACCENTED[letter] ?? letter)
  return words.replaceAll(/[áéíóú]/g, (vowel) => vowel + vowel)
}

/** A text as a language from right to left would run, by the marks of Unicode's bidirectional algorithm (UAX #9). */
export function mirrored(text: string): string {
  return text.trim() === '' ? text : `\u202E${text}\u202C`
}

/** A message whose literal texts are changed, and nothing else of it. */
export function pseudo(message: string, change: (text: string) => string): Parts {
  const changed = (parts: Parts): Parts =>
    parts.map((part) => {
      if (part.type === LITERAL) return { ...part, value: change(part.value) }
      if ('options' in part) {
        const options = Object.entries(part.options).map(([name, option]) => [name, { ...option, value: changed(option.value) }])
        return { ...part, options: Object.fromEntries(options) } as typeof part
      }
      return 'children' in part ? { ...part, children: changed(part.children) } : part
    })
  return changed(parse(message))
}
