import { errnoOf, HoldfastError, messageOf } from '#base'
import type { IndexTotals } from '#db'
import { mayRead, takesChanges, type Role } from '#model'
import type { Hindered, Hindrance } from './hindrance.ts'

export type FolderState = 'idle' | 'scanning' | 'syncing' | 'paused' | 'blocked' | 'held' | 'offered' | 'error'

/** A folder's state in a word, a code for programs and a sentence for people. */
export interface Standing {
  state: FolderState
  reasonCode: string
  reason: string
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
  const { fault, held, begun, totals, connected, problems } = input
  const need = totals !== null && takesChanges(input.role) && !input.online ? totals.needEntries : 0
  if (fault !== null && fault.code === 'blocked')
    return say('blocked', typeof fault.cause === 'string' ? fault.cause : 'blocked', told(fault))
  if (fault !== null) return say('error', fault.code, told(fault))
  if (input.paused) return say('paused', 'paused', 'Paused by you.')
  if (held > 0)
    return say(
      'held',
      'deletions-held',
      `${count(held, 'entry', 'entries')} vanished here at once. Approve to delete them everywhere, or reject to bring them back${begun === 0 ? '' : `, with ${begun.toLocaleString('en')} more that went before`}.`,
    )
  if (input.scanning || totals === null) return say('scanning', 'scanning', 'Looking at the files on this device.')
  if (!mayRead(input.role)) return say('idle', 'no-role', noRole(totals.localEdits))
  if (input.backlog > 0)
    return say('syncing', 'receiving-index', `Receiving the index: ${count(input.backlog, 'record', 'records')} to come.`)
  if (!input.compared) return say('syncing', 'waiting-for-device', 'Waiting for another device to compare with.')
  if (need > 0 && connected === 0)
    return say('syncing', 'no-device', `${count(need, 'entry', 'entries')} to fetch, but no device of this folder is connected.`)
  if (need > 0 && !input.working)
    return say('syncing', 'put-off', `${count(need, 'entry', 'entries')} cannot be brought here now; see the problems.`)
  if (need > 0) return say('syncing', 'fetching', `Bringing ${count(need, 'entry', 'entries')} here.`)
  // What has just come is not counted yet, what has just been brought no longer.
  if (input.working) return say('syncing', 'fetching', 'At work on what has come from other devices.')
  if (input.vanishing > 0)
    return say(
      'syncing',
      'vanishing',
      `${count(input.vanishing, 'entry has', 'entries have')} vanished here; other devices hear of it once no more are vanishing.`,
    )
  const there = elsewhere(input.hindered)
  const andThere = there === '' ? '.' : `; ${there}.`
  if (problems > 0)
    return say('idle', 'problems', `Up to date but for ${count(problems, 'entry', 'entries')} with a problem${andThere}`)
  if (totals.localEdits > 0)
    return say(
      'idle',
      'local-edits',
      `${count(totals.localEdits, 'local edit stays', 'local edits stay')} on this device${andThere}`,
    )
  if (!takesChanges(input.role) && !input.online && totals.needEntries > 0)
    return say(
      'idle',
      'send-only',
      `This device only sends: ${count(totals.needEntries, 'change', 'changes')} by others ${totals.needEntries === 1 ? 'is' : 'are'} not taken in${andThere}`,
    )
  if (connected === 0 && input.online)
    return say('idle', 'alone', 'Online-only, and no other device is connected: only what was opened lately can be read.')
  if (connected === 0) return say('idle', 'alone', 'Up to date; no other device is connected.')
  if (there !== '') return say('idle', 'waits-elsewhere', `Up to date here; ${there}.`)
  const [last] = input.lacking
  if (last !== undefined)
    return say('idle', 'to-come-elsewhere', `Up to date here; ${last.name} lacks ${count(last.entries, 'entry', 'entries')} yet.`)
  if (input.online) return say('idle', 'online-only', 'Online-only: files are fetched when they are opened.')
  return say('idle', 'up-to-date', 'Up to date.')
}

const ELSEWHERE: Record<Hindrance, string> = {
  held: 'many entries vanished at once and wait there for a decision',
  blocked: 'the folder is blocked, for a reason that is shown there',
  error: 'the folder cannot go on, for a reason that is shown there',
  'needs-user': 'the folder waits for somebody',
  paused: 'the folder is paused',
}

/** What a person here cannot see, and may wonder why nothing comes; '' where nothing keeps any device. */
function elsewhere([first, ...others]: readonly Hindered[]): string {
  if (first === undefined) return ''
  const more =
    others.length === 0 ? '' : `; ${count(others.length, 'other device takes', 'other devices take')} no part now either`
  return `${hinderedWords(first)}${more}`
}

/** `on laptop the folder is paused` */
export function hinderedWords({ name, hindrance }: Hindered): string {
  return `on ${name} ${ELSEWHERE[hindrance]}`
}

function noRole(localEdits: number): string {
  const edits = localEdits === 0 ? '' : `; ${count(localEdits, 'local edit stays', 'local edits stay')} here`
  return `Not synced: this device has the role none in the folder, and gets and sends nothing${edits}.`
}

/** A fault with what to do about it. */
export function told({ message, hint }: HoldfastError): string {
  return hint === undefined ? message : `${message}; ${hint}`
}

function say(state: FolderState, reasonCode: string, reason: string): Standing {
  return { state, reasonCode, reason }
}

/** `1 entry`, `1,200 entries`. */
export function count(number: number, one: string, many: string): string {
  return number === 1 ? `1 ${one}` : `${number.toLocaleString('en')} ${many}`
}

/** Whatever went wrong, as an error with a code. */
export function faultOf(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  return new HoldfastError(errnoOf(error) === 'ENOSPC' ? 'full' : 'internal', messageOf(error), { cause: error })
}
