import { resolve } from 'node:path'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { HoldfastError } from '#base'
import { aliases, commandsWith } from './commands.ts'
import type { Call, Command } from './command.ts'
import type { Serve } from './commands/serve.ts'
import { exitCodeOf, failureOf } from './failure.ts'
import { commandHelp, groupHelp, overview } from './help.ts'
import { Output } from './output.ts'
import { chooseHome, findDaemon, serveCommand, startDirectory } from './places.ts'

/** The oldest that has all that is needed. */
const NODE = 24
/** In front of a word it keeps that from looking like an option. */
const DISGUISE = '\0'

const GLOBAL_OPTIONS: ParseArgsOptionsConfig = {
  home: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
}

/** How these are written, and what else may stand before a command. */
const GLOBAL_WORDS: ReadonlySet<string> = new Set([...Object.keys(GLOBAL_OPTIONS).map((name) => `--${name}`), '-h', '--version'])

export interface Surroundings {
  /** Runs the daemon in this process; from the room that the command line may not enter. */
  serve: Serve
  /** The version of Node that this is. */
  node: string
  env: NodeJS.ProcessEnv
  directory: string
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
}

/** Runs one command line (without `node` and the script); resolves to the exit code and never rejects. */
export async function run(argv: readonly string[], around: Surroundings): Promise<number> {
  const json = argv.includes('--json')
  const output = new Output(around, { json })
  try {
    refuseOldNode(around.node)
    return (await runCommand(argv, around, output)) ?? 0
  } catch (error) {
    const shape = failureOf(error)
    if (json && !output.hasBegun) output.result({ error: shape }, () => '')
    else output.note(`holdfast: ${shape.message}\n  ${shape.hint}`)
    return exitCodeOf(shape)
  }
}

/** An older Node gets as far as here, and would then miss this and that. */
function refuseOldNode(version: string): void {
  if (Number.parseInt(version, 10) >= NODE) return
  throw new HoldfastError('unsupported', `Holdfast needs Node ${NODE} or newer, and this is Node ${version}`, {
    hint: `a checkout brings its own: npm start, or npm run -s holdfast -- COMMAND; what it runs with is node_modules/.bin/node`,
  })
}

async function runCommand(argv: readonly string[], around: Surroundings, output: Output): Promise<number | void> {
  const commands = commandsWith(around.serve)
  const { before, word, rest } = split(argv)
  const { command, used } = find(commands, word, rest)
  if (command === undefined) return help(commands, { word, next: rest[0] }, argv, output)

  const { values, positionals: found } = parseArgs({
    args: [...before, ...rest.slice(used - 1)].map(disguised),
    options: { ...GLOBAL_OPTIONS, ...command.options },
    allowPositionals: true,
  })
  const positionals = found.map((word) => (word.startsWith(DISGUISE) ? word.slice(DISGUISE.length) : word))
  if (values['help'] === true) {
    const text = commandHelp(commands, command)
    output.result({ help: text }, () => text)
    return 0
  }
  checkCount(commands, command, positionals)

  const start = startDirectory(around.env, around.directory)
  const home = chooseHome(values['home'] as string | undefined, around.env, start)
  const call: Call = {
    args: positionals,
    argument: (index) => positionals[index] ?? '',
    text: (option) => values[option] as string | undefined,
    isSet: (option) => values[option] === true,
    many: (option) => (values[option] ?? []) as string[],
    home,
    json: values['json'] === true,
    resolve: (path) => resolve(start, path),
    connect: () => findDaemon(home, serveCommand(values['home'] === undefined ? null : home)),
    output,
    input: around.stdin,
    env: around.env,
  }
  return await command.run(call)
}

/** A negative number that is no option's value is a word like others, which whoever takes it may refuse: no option begins so. */
function disguised(word: string, at: number, words: readonly string[]): string {
  return /^-\d/.test(word) && words[at - 1]?.startsWith('--') !== true ? `${DISGUISE}${word}` : word
}

/** Global options may come before the command; `word` is its first word, `rest` all that follows. */
function split(argv: readonly string[]): { before: string[]; word: string; rest: string[] } {
  let at = 0
  while (at < argv.length && argv[at]?.startsWith('-') === true) at += argv[at] === '--home' ? 2 : 1
  const before = argv.slice(0, at).filter((option) => option !== '--version')
  return { before, word: argv[at] ?? (before.length < at ? 'version' : ''), rest: argv.slice(at + 1) }
}

/** The command of two words before that of one; `used` is how many words it took. */
function find(
  commands: readonly Command[],
  first: string,
  rest: readonly string[],
): { command: Command | undefined; used: number } {
  const long = commands.find(({ words }) => words === `${first} ${rest[0]}`)
  if (long !== undefined) return { command: long, used: 2 }
  const short = aliases[first] ?? first
  return { command: commands.find(({ words }) => words === short), used: 1 }
}

function help(
  commands: readonly Command[],
  { word, next }: { word: string; next: string | undefined },
  argv: readonly string[],
  output: Output,
): number {
  const isGroup = within(commands, word).length > 0
  const text = isGroup ? groupHelp(commands, word) : overview(commands)
  if (word === 'help' || argv.includes('--help') || argv.includes('-h')) {
    output.result({ help: text }, () => text)
    return 0
  }
  const unknown = argv.find((option) => option.startsWith('-') && !GLOBAL_WORDS.has(option.split('=')[0] ?? ''))
  if (word === '' && unknown !== undefined)
    throw new HoldfastError('usage', `there is no option ${unknown}`, { hint: 'holdfast help lists commands and options' })
  if (word === '') {
    output.note(text)
    throw new HoldfastError('usage', 'which command?')
  }
  if (isGroup && (next === undefined || next.startsWith('-'))) {
    output.note(text)
    throw new HoldfastError('usage', `holdfast ${word} needs one more word`)
  }
  if (isGroup) throw noSuchWord(commands, word, next ?? '')
  const similar = [...new Set(commands.map(({ words }) => words.split(' ')[0] ?? ''))].filter(
    (first) => first.startsWith(word) || word.startsWith(first),
  )
  const hint = similar.length === 0 ? '' : `there is ${similar.map((first) => `holdfast ${first}`).join(', ')}; `
  throw new HoldfastError('usage', `there is no command ${word}`, { hint: `${hint}holdfast help lists all of them` })
}

/** The commands of two words that begin with this one. */
function within(commands: readonly Command[], first: string): string[] {
  return commands.filter(({ words }) => words.startsWith(`${first} `)).map(({ words }) => words)
}

function noSuchWord(commands: readonly Command[], first: string, next: string): HoldfastError {
  const alone = commands.some(({ words }) => words === first) ? [first] : []
  return new HoldfastError('usage', `there is no command ${first} ${next}`, {
    hint: `there is ${[...alone, ...within(commands, first)].join(', ')}; holdfast ${first} --help tells what they take`,
  })
}

function checkCount(commands: readonly Command[], command: Command, args: readonly string[]): void {
  const { words, synopsis, takes: [least, most] = [0, 0] } = command
  if (args.length >= least && args.length <= most) return
  if (most === 0 && within(commands, words).length > 0) throw noSuchWord(commands, words, args[0] ?? '')
  const what = args.length < least ? 'something is missing' : 'that is too much'
  throw new HoldfastError('usage', `${what} after holdfast ${words}`, { hint: `holdfast ${words} ${synopsis}`.trim() })
}
