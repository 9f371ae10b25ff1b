import type { ParseArgsOptionsConfig } from 'node:util'
import { errnoOf, HoldfastError, messageOf, shellWord } from '#base'
import type { Command } from './command.ts'

/** Words differ by so many letters at most where one may be meant for the other. */
const MOST_WRONG = 2

/** Throws `usage` where a command has fewer or more arguments than it takes. */
export function checkCount(commands: readonly Command[], command: Command, args: readonly string[]): void {
  const { words, synopsis, takes: [least, most] = [0, 0] } = command
  if (args.length >= least && args.length <= most) return
  if (most === 0 && within(commands, words).length > 0) throw noSuchWord(commands, words, args[0] ?? '')
  const usage = `holdfast ${words} ${synopsis}`.trim()
  if (args.length < least) throw new HoldfastError('usage', `something is missing after holdfast ${words}`, { hint: usage })
  const quotes = most === 0 ? '' : '; what has spaces in it goes in quotes'
  throw new HoldfastError(
    'usage',
    `${shellWord(args[most]!)} is too much after holdfast ${[words, ...args.slice(0, most).map((arg) => shellWord(arg))].join(' ')}`,
    {
      hint: `${usage}${quotes}`,
    },
  )
}

/** No command begins with the word. */
export function noSuchCommand(commands: readonly Command[], word: string): HoldfastError {
  const firsts = [...new Set(commands.map(({ words }) => words.split(' ')[0] ?? ''))]
  const there = like(word, firsts).map((first) => `holdfast ${first}`)
  const hint = there.length === 0 ? '' : `there is ${there.join(', ')}; `
  return new HoldfastError('usage', `there is no command ${word}`, { hint: `${hint}holdfast help lists all of them` })
}

/** Commands begin with the first word, but none has the next one. */
export function noSuchWord(commands: readonly Command[], first: string, next: string): HoldfastError {
  const alone = commands.some(({ words }) => words === first) ? [first] : []
  return new HoldfastError('usage', `there is no command ${first} ${next}`, {
    hint: `there is ${[...alone, ...within(commands, first)].join(', ')}; holdfast ${first} --help tells what they take`,
  })
}

/** The commands of two words that begin with this one. */
export function within(commands: readonly Command[], first: string): string[] {
  return commands.filter(({ words }) => words.startsWith(`${first} `)).map(({ words }) => words)
}

/** What Node says of options that it cannot make sense of, in our words; other errors as they are. */
export function misreadOption(error: unknown, { words }: Command, options: ParseArgsOptionsConfig): unknown {
  const code = errnoOf(error)
  if (code?.startsWith('ERR_PARSE_ARGS') !== true) return error
  const [, option = ''] = /'(?:-\w, )?(-[^' ]*)/.exec(messageOf(error)) ?? []
  const hint = `holdfast ${words} --help tells what it takes`
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const names = Object.keys(options).map((name) => `--${name}`)
    const there = option.startsWith('--') ? like(option, names) : []
    return new HoldfastError('usage', `there is no option ${option} here`, {
      hint: there.length === 0 ? hint : `there is ${there.join(', ')}; ${hint}`,
    })
  }
  if (messageOf(error).includes('ambiguous'))
    return new HoldfastError('usage', `${option} needs a value, and what follows it looks like an option`, {
      hint: `write a value that begins with a dash as ${option}=VALUE`,
    })
  const takes = messageOf(error).includes('does not take an argument') ? 'takes no value' : 'needs a value'
  return new HoldfastError('usage', `${option} ${takes}`, { hint })
}

/** A failure of wrong usage that says nothing of what is right says where that is told. */
export function withUsage(error: unknown, { words }: Command): unknown {
  if (!(error instanceof HoldfastError) || error.code !== 'usage' || error.hint !== undefined) return error
  return new HoldfastError('usage', error.message, { hint: `holdfast ${words} --help tells what it takes`, cause: error })
}

/** Those of some words that one may have been meant for: it begins like them, or they like it, or a letter or two are wrong. */
function like(word: string, words: readonly string[]): string[] {
  const begins = words.filter((other) => other.startsWith(word) || word.startsWith(other))
  return begins.length > 0 ? begins : words.filter((other) => wrongLetters(word, other) <= Math.min(MOST_WRONG, word.length / 3))
}

/** How many letters are to be put in, taken out or replaced to make one word of the other (Levenshtein's distance). */
function wrongLetters(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let at = 0; at < one.length; at++) {
    const next = [at + 1]
    for (let to = 0; to < other.length; to++)
      next.push(Math.min(next[to]! + 1, row[to + 1]! + 1, row[to]! + (one[at] === other[to] ? 0 : 1)))
    row = next
  }
  return row.at(-1)!
}
