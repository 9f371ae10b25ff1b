import { HoldfastError } from '#base'
import { unsupportedMessage } from '#api/contract'
import type { Command } from '../command.ts'

/** A command of the contract whose room is not built yet. Whatever its arguments, it says so. */
export function later(words: string): Command {
  return {
    words,
    synopsis: '…',
    summary: 'Not in this version yet.',
    takesAnything: true,
    run: () => Promise.reject(new HoldfastError('unsupported', unsupportedMessage(words))),
  }
}
