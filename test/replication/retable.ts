const BEGIN = '<!-- made by `npm run placement -- --write` -->\n'
const END = '\n<!-- end of table -->'

/** The text with another table between its two marks. */
export function retable(text: string, made: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  if (from < 0 || to < from) throw new Error('the text has no place for the table')
  return `${text.slice(0, from + BEGIN.length)}${made}${text.slice(to)}`
}
