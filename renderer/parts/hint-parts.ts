import { sentence } from '../format.ts'

export interface HintPart {
  text: string
  isCommand: boolean
}

/** A command with what it takes: quoted words, options, names. */
const COMMAND = /\bholdfast(?: +(?:"[^"]*"|'[^']*'|[^\s;,:)'"]+))+/g
/** A sentence goes on behind a command at one of these words. */
const GOES_ON =
  / (?:again|and|begins|brings|deletes|ends|gives|goes|here|in|lets|lists|makes|needs|on|once|or|restores|shows|takes|tells|then|there|to|waits|with)\b.*$/

/** The daemon's words on what to do, told apart from the commands in them. */
export function hintParts(hint: string): HintPart[] {
  const text = (startsWithCommand(hint) ? hint : sentence(hint)).replaceAll('`', '')
  const parts: HintPart[] = []
  let end = 0
  for (const { index, 0: found } of text.matchAll(COMMAND)) {
    const command = found.replace(GOES_ON, '').replace(/\.$/, '')
    parts.push({ text: text.slice(end, index), isCommand: false }, { text: command, isCommand: true })
    end = index + command.length
  }
  return [...parts, { text: text.slice(end), isCommand: false }].filter((part) => part.text !== '')
}

/** It is nothing but a command, and what that does. */
export function startsWithCommand(hint: string): boolean {
  return /^`?holdfast /.test(hint)
}
