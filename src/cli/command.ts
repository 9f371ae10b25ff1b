import type { ParseArgsOptionsConfig } from 'node:util'
import type { Client, Transport } from '#api/client'
import type { Output } from './output.ts'

/** One command of the fixed contract. */
export interface Command {
  /** What is typed: one word or two, `folder create`. */
  readonly words: string
  /** What comes after the words, for the help. */
  readonly synopsis: string
  readonly summary: string
  readonly options?: ParseArgsOptionsConfig
  /** How many arguments at least and at most; none unless given. */
  readonly takes?: readonly [number, number]
  /** Resolves to the exit code, 0 unless given; rejects with what is shown as the failure. */
  run(call: Call): Promise<number | void>
}

/** One run of a command, with all that it may reach. */
export interface Call {
  readonly args: readonly string[]
  text(option: string): string | undefined
  isSet(option: string): boolean
  many(option: string): string[]
  readonly home: string
  readonly json: boolean
  /** The nth argument; the number of arguments was checked. */
  argument(index: number): string
  /** Makes a path absolute, from where the user typed it. */
  resolve(path: string): string
  /** Finds the running daemon; throws `no-daemon`. */
  connect(): Promise<{ client: Client; transport: Transport }>
  readonly output: Output
  readonly input: NodeJS.ReadStream
  readonly env: NodeJS.ProcessEnv
}
