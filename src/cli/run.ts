import { resolve } from 'node:path'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { HoldfastError } from '#base'
import { aliases, commandsWith } from './commands.ts'
import type { Call, Command } from './command.ts'
import type { Serve } from './commands/serve.ts'
import { exitCodeOf, failureOf } from './failure.ts'
import { commandHelp, groupHelp, overview } from './help.ts'
import { checkCount, misreadOption, noSuchCommand, noSuchWord, within, withUsage } from './misuse.ts'
import { Output } from './output.ts'
import { chooseHome, findDaemon, serveCommand, startDirectory } from './places.ts'
import { parseFolder } from './values.ts'

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

/** Commands that begin with a whole folder. */
const FOLDER_FIRST = /^\[?FOLDER\b/

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
  const { before, word, rest } = asked(split(argv))
  const { command, used } = find(commands, word, rest)
  if (command === undefined) return help(commands, { word, next: rest[0] }, argv, output)

  const { values, positionals: found } = read(command, [...before, ...rest.slice(used - 1)].map(disguised))
  const positionals = found.map((word) => (word.startsWith(DISGUISE) ? word.slice(DISGUISE.length) : word))
  if (values['help'] === true) {
    const text = commandHelp(commands, command)
    output.result({ help: text }, () => text)
    return 0
  }
  checkCount(commands, command, positionals)
  if (FOLDER_FIRST.test(command.synopsis) && positionals[0] !== undefined)
    positionals[0] = parseFolder(positionals[0], command.words)

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
  try {
    return await command.run(call)
  } catch (error) {
    throw withUsage(error, command)
  }
}

function read(command: Command, args: string[]): { values: Record<string, unknown>; positionals: string[] } {
  const options = { ...GLOBAL_OPTIONS, ...command.options }
  try {
    return parseArgs({ args, options, allowPositionals: true })
  } catch (error) {
    throw misreadOption(error, command, options)
  }
}

/** A negative number that is no option's value is a word like others, which whoever takes it may refuse: no option begins so. */
function disguised(word: string, at: number, words: readonly string[]): string {
  return /^-\d/.test(word) && words[at - 1]?.startsWith('--') !== true ? `${DISGUISE}${word}` : word
}

interface Line {
  before: string[]
  word: string
  rest: string[]
}

/** Global options may come before the command; `word` is its first word, `rest` all that follows. */
function split(argv: readonly string[]): Line {
  let at = 0
  while (at < argv.length && argv[at]?.startsWith('-') === true) at += argv[at] === '--home' ? 2 : 1
  const before = argv.slice(0, at).filter((option) => option !== '--version')
  return { before, word: argv[at] ?? (before.length < at ? 'version' : ''), rest: argv.slice(at + 1) }
}

/** `help COMMAND` is `COMMAND --help`. */
function asked(line: Line): Line {
  const [word, next] = line.rest.filter((each, at) => !each.startsWith('-') && line.rest[at - 1] !== '--home')
  if (line.word !== 'help' || word === undefined) return line
  return {
    ...line,
    word,
    rest: [...(next === undefined ? [] : [next]), '--help', ...line.rest.filter((each) => each === '--json')],
  }
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

/** What is no command, or only the first word of several: shows what there is, or throws `usage`. */
function help(
  commands: readonly Command[],
  { word, next }: { word: string; next: string | undefined },
  argv: readonly string[],
  output: Output,
): number {
  const isGroup = within(commands, word).length > 0
  const isAlone = next === undefined || next.startsWith('-')
  const isKnown = word === '' || word === 'help' || (isGroup && isAlone)
  const text = isGroup ? groupHelp(commands, word) : overview(commands)
  if (isKnown && (word === 'help' || argv.some((option) => ['help', '--help', '-h'].includes(option)))) {
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
  if (isGroup && isAlone) {
    output.note(text)
    throw new HoldfastError('usage', `holdfast ${word} needs one more word`)
  }
  if (isGroup) throw noSuchWord(commands, word, next ?? '')
  throw noSuchCommand(commands, word)
}
