import { errnoOf, HoldfastError, messageOf, toErrorShape, toldOf } from '#base'
import type { IndexTotals } from '#db'
import { mayRead, takesChanges, type Role } from '#model'
import type { Hindered } from './hindrance.ts'
import { reasonOf, type Elsewhere, type ReasonCode, type ReasonValues, type ValuesOf } from './reasons.ts'

export type FolderState = 'idle' | 'scanning' | 'syncing' | 'paused' | 'blocked' | 'held' | 'offered' | 'error'

/** A folder's state in a word, a code for programs and a sentence for people. */
export interface Standing {
  state: FolderState
  reasonCode: string
  reason: string
  /** What goes with the code; left out where nothing does. */
  values?: ReasonValues
}

export interface StandingInput {
  paused: boolean
  /** It has no place on this disk: nothing is to be brought here. */
  online: boolean
  fault: HoldfastError | null
  /** Deletions that wait for the user's word. */
  held: number
  /** Entries of the same run that other devices were told of before it was much. */
  begun: number
  /** Missing entries that are not judged yet. */
  vanishing: number
  scanning: boolean
  compared: boolean
  /** Records that are waited for before anything is built. */
  backlog: number
  role: Role
  totals: IndexTotals | null
  /** Devices of the folder connected now, or else those that hold it for others. */
  connected: number
  working: boolean
  problems: number
  /** Those of the devices connected that take no part now, the most pressing first. */
  hindered: readonly Hindered[]
  /** Those on whose disk something is still to come, the one that lacks most first. */
  lacking: readonly Lacking[]
}

/** A connected device on whose disk `entries` are still to come. */
export interface Lacking {
  name: string
  entries: number
}

/** The one thing worth saying of a folder, what needs the user first. */
export function standing(input: StandingInput): Standing {
  const { fault, held, begun, totals, connected, problems, online } = input
  const need = totals !== null && takesChanges(input.role) && !online ? totals.needEntries : 0
  if (fault !== null && fault.code === 'blocked')
    return faulty('blocked', typeof fault.cause === 'string' ? fault.cause : 'blocked', fault)
  if (fault !== null) return faulty('error', fault.code, fault)
  if (input.paused) return say('paused', 'paused', {})
  if (held > 0) return say('held', 'deletions-held', { entries: held, before: begun })
  if (input.scanning || totals === null) return say('scanning', 'scanning', {})
  if (!mayRead(input.role)) return say('idle', 'no-role', { edits: totals.localEdits })
  if (input.backlog > 0) return say('syncing', 'receiving-index', { records: input.backlog })
  if (!input.compared) return say('syncing', 'waiting-for-device', {})
  if (need > 0 && connected === 0) return say('syncing', 'no-device', { entries: need })
  if (need > 0 && !input.working) return say('syncing', 'put-off', { entries: need })
  if (need > 0 || input.working) return say('syncing', 'fetching', { entries: need })
  if (input.vanishing > 0) return say('syncing', 'vanishing', { entries: input.vanishing })
  const there = elsewhere(input.hindered)
  if (problems > 0) return say('idle', 'problems', { entries: problems, ...there })
  if (totals.localEdits > 0) return say('idle', 'local-edits', { edits: totals.localEdits, ...there })
  if (!takesChanges(input.role) && !online && totals.needEntries > 0)
    return say('idle', 'send-only', { changes: totals.needEntries, ...there })
  if (connected === 0) return say('idle', 'alone', online ? { online: 'yes' } : {})
  if (there.device !== undefined) return say('idle', 'waits-elsewhere', there)
  const [last] = input.lacking
  if (last !== undefined) return say('idle', 'to-come-elsewhere', { device: last.name, entries: last.entries })
  return say('idle', online ? 'online-only' : 'up-to-date', {})
}

function elsewhere([first, ...others]: readonly Hindered[]): Elsewhere {
  return first === undefined ? {} : { device: first.name, hindrance: first.hindrance, others: others.length }
}

/** A fault with what to do about it. */
export function told({ message, hint }: HoldfastError): string {
  return hint === undefined ? message : `${message}; ${hint}`
}

function say<Code extends ReasonCode>(state: FolderState, code: Code, values: ValuesOf<Code>): Standing {
  const named = Object.keys(values as object).length === 0 ? {} : { values: values as ReasonValues }
  return { state, reasonCode: code, reason: reasonOf(code, values), ...named }
}

function faulty(state: FolderState, reasonCode: string, fault: HoldfastError): Standing {
  return { state, reasonCode, reason: told(fault), ...faultValues(fault) }
}

/** What goes with a fault, and its own `reason`. */
export function faultValues({ told: { reason, values } }: HoldfastError): Pick<Standing, 'values'> {
  return reason === undefined ? {} : { values: { ...values, reason } }
}

/** Whatever went wrong, as an error with a code. */
export function faultOf(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  return new HoldfastError(errnoOf(error) === 'ENOSPC' ? 'full' : 'internal', messageOf(error), {
    ...toldOf(toErrorShape(error)),
    cause: error,
  })
}
