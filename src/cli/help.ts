import type { Command } from './command.ts'
import { table } from './text.ts'

const EVERYWHERE = `Everywhere: --home DIR (or HOLDFAST_HOME), --json, --help.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no daemon running, 4 timed out.`

const IN_BACKGROUND = `holdfast serve runs in the foreground, until Ctrl-C or SIGTERM, and needs no screen and no browser: all can be done by commands.
In the background: nohup holdfast serve >/dev/null 2>&1 &  (it keeps a log in its home), and holdfast status tells whether it runs.
To have it started with the computer, make it a service of the system; README.md has one for systemd.`

/** What `holdfast help` says. */
export function overview(commands: readonly Command[]): string {
  return [
    'holdfast COMMAND …: keeps folders the same on your computers, without a cloud.',
    '',
    commands.map(({ words, summary }) => `${words.padEnd(18)}${summary}`).join('\n'),
    '',
    IN_BACKGROUND,
    '',
    'holdfast COMMAND --help tells what a command takes.',
    EVERYWHERE,
  ].join('\n')
}

/** The commands that begin with one word. */
export function groupHelp(commands: readonly Command[], group: string): string {
  const shown = commands.filter(({ words }) => words === group || words.startsWith(`${group} `))
  return `${table(
    ['COMMAND', ''],
    shown.map(({ words, synopsis }) => [words, synopsis]),
  )}\n\n${EVERYWHERE}`
}

export function commandHelp(commands: readonly Command[], { words, synopsis, summary }: Command): string {
  const below = commands.filter((other) => other.words.startsWith(`${words} `))
  const more = below.map((other) => `holdfast ${other.words} ${other.synopsis}`.trim()).join('\n')
  return `${`holdfast ${words} ${synopsis}`.trim()}\n\n${summary}\n\n${more === '' ? '' : `${more}\n\n`}${EVERYWHERE}`
}
