import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SRC = join(import.meta.dirname, '../../src')
/** What a function gives all at once. */
const SPREAD: Record<string, string[]> = {
  toldOf: ['fault', 'limit'],
  whereOf: ['at', 'problem'],
  away: ['devices', 'number', 'said'],
}

export interface Thrown {
  file: string
  reason: string | null
  /** It has a reason, if only that of another failure. */
  isTold: boolean
  values: string[]
}

/** Where a call's parentheses end that begin behind `from`. */
function endOf(text: string, from: number): number {
  const open: string[] = []
  for (let at = from; ; at++) {
    const [letter, inside] = [text.charAt(at), open.at(-1)]
    if (letter === '') throw new Error(`no end: ${text.slice(from, from + 80)}`)
    if (letter === '\\') at++
    else if (inside === "'" || inside === '"') {
      if (letter === inside) open.pop()
    } else if (inside === '`') {
      if (letter === '`') open.pop()
      else if (letter === '$' && text.charAt(at + 1) === '{') open.push(text.charAt(++at))
    } else if (/['"`([{]/.test(letter)) open.push(letter)
    else if (/[)\]}]/.test(letter)) {
      if (inside === undefined) return at
      open.pop()
    }
  }
}

/** How a call gives a reason. */
const TELLS = /(?<!\.)\breason\b\s*[:,}]|\.told\b|\.\.\.rest\b|toldOf\(/

/** Each failure that is made in the sources, with the reason and the values that it is given. */
export const THROWN: Thrown[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) => {
    const text = readFileSync(join(SRC, file), 'utf8')
    return [...text.matchAll(/(?:new HoldfastError\(\s*['a-z]|super\(\s*')/g)].map(({ index, 0: found }) => {
      const call = text.slice(index, endOf(text, index + found.indexOf('(') + 1))
      const values = /\bvalues: \{([^}]*)\}/.exec(call)?.[1] ?? ''
      const keys = [...values.matchAll(/(?:^|,)\s*(?:\.\.\.(\w+)(?:\([^)]*\))?|(\w+))/g)]
      return {
        file,
        isTold: TELLS.test(call),
        reason: /\breason: '([^']+)'/.exec(call)?.[1] ?? null,
        values: keys.flatMap(([, spread, key]) => (key === undefined ? (SPREAD[spread ?? ''] ?? []) : [key])),
      }
    })
  })
