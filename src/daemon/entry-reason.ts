import { localTime, shellWord } from '#base'
import type { EntryDetails, Problem } from '#api/contract'
import { hinderedWords, type Hindered } from '#sync'

type Reason = Pick<EntryDetails, 'reasonCode' | 'message' | 'hint' | 'values'>

/** Another device of the folder, as far as is known here. */
export interface OtherDevice {
  name: string
  connected: boolean
  has: EntryDetails['devices'][number]['has']
  /** It is to have the entry on its disk. */
  takes: boolean
  /** So many entries it lacks, by its own word; null: it has said nothing. */
  lacks: number | null
  /** What keeps it from taking part; null: nothing that is known. */
  hindrance: Hindered['hindrance'] | null
}

/** What is known of an entry. */
export interface EntryFacts {
  folder: string
  path: string
  problem: Problem | null
  /** What keeps the folder as a whole from being synced here, with what to do. */
  folderFault: { message: string; hint: string | null } | null
  isIgnored: boolean
  isKnown: boolean
  /** The name that another version shows at, beside it, and who wrote that. */
  conflict: { with: string; by: string } | null
  /** Who deleted it, and when: ISO 8601. */
  deleted: { by: string; time: string } | null
  /** Why, as a sentence, with what goes with it. */
  paused: Pick<Reason, 'message' | 'values'> | null
  /** This device shows its newest version. */
  isHere: boolean
  /** This device is to show it: it has a place on its disk, and takes what others change. */
  isToBeHere: boolean
  isOnline: boolean
  /** Where it is not here, nor on a device that is connected: what is known of who has it, and what to do. */
  nowhere: Pick<Reason, 'message' | 'hint' | 'values'> | null
  others: readonly OtherDevice[]
}

/** Why an entry is not the same everywhere: the first that holds, what keeps it here before what keeps it elsewhere. */
export function entryReason(facts: EntryFacts): Reason {
  return kept(facts) ?? missing(facts) ?? elsewhere(facts) ?? same(facts)
}

/** What somebody has to know of it, or do, on this device. */
function kept(facts: EntryFacts): Reason | null {
  const { problem, folderFault, conflict, deleted, paused, path, folder } = facts
  const target = shellWord(`${folder}/${path}`)
  if (problem?.code === 'local-edit') return { reasonCode: 'local-edit', message: sentence(problem.message), hint: problem.hint }
  if (problem !== null) return { reasonCode: 'problem', message: sentence(problem.message), hint: problem.hint }
  if (folderFault !== null) return { reasonCode: 'problem', ...folderFault }
  if (facts.isIgnored)
    return {
      reasonCode: 'ignored',
      message: 'It is ignored on this device, by .holdfastignore: it stays as it is, and what others do to it does not come.',
      hint: 'to have it synced, change the pattern in .holdfastignore that it fits',
    }
  if (!facts.isKnown)
    return {
      reasonCode: 'unknown',
      message: `Nothing is known of it in ${folder}.`,
      hint: `holdfast ls ${shellWord(folder)} shows what there is; what was made a moment ago is known once it was looked at`,
    }
  if (conflict !== null)
    return {
      reasonCode: 'conflict',
      values: { by: conflict.by, with: conflict.with },
      message: `There are several versions of it beside each other: another one, by ${conflict.by}, shows as ${conflict.with}.`,
      hint: `holdfast conflicts lists them; holdfast conflicts resolve ${target} --keep mine, theirs or both decides`,
    }
  if (deleted !== null)
    return {
      reasonCode: 'deleted',
      values: { by: deleted.by, time: deleted.time },
      message: `It was deleted by ${deleted.by} on ${localTime(deleted.time)}.`,
      hint: `holdfast versions ${target} lists what it was; holdfast restore ${target} brings it back`,
    }
  if (paused === null) return null
  return {
    reasonCode: 'paused',
    ...paused,
    message: `${paused.message} What changes meanwhile is neither sent nor fetched.`,
    hint: `holdfast folder resume ${shellWord(folder)} ends the pause`,
  }
}

/** It is not on this disk, and should be, or could. */
function missing({ isHere, isToBeHere, isOnline, nowhere, others }: EntryFacts): Reason | null {
  if (isHere) return null
  if (nowhere !== null) return { reasonCode: 'away', ...nowhere }
  if (isOnline)
    return {
      reasonCode: 'synced',
      values: { online: 'yes' },
      message: 'It is not on this disk, as the folder is online-only here: it is fetched when it is opened.',
      hint: null,
    }
  if (!isToBeHere)
    return {
      reasonCode: 'to-come',
      values: { role: 'no' },
      message: 'What others change does not come to this device, by its role in the folder.',
      hint: 'a device with the role sync can give this one another role: holdfast folder share FOLDER DEVICE',
    }
  const from = others.filter(({ connected, has }) => connected && has === 'yes').map(({ name }) => name)
  return {
    reasonCode: 'to-come',
    values: namesOf(from),
    message: from.length === 0 ? 'It is still to come to this device.' : `It is on its way here from ${listed(from)}.`,
    hint: null,
  }
}

/** It is here, and not on all other disks. */
function elsewhere({ folder, others }: EntryFacts): Reason | null {
  const due = others.filter(({ takes, has }) => takes && has !== 'yes')
  const connected = due.filter((other) => other.connected && (other.has === 'no' || (other.lacks ?? 0) > 0))
  const look = `holdfast folder problems ${shellWord(folder)}`
  const hindered = connected.find((other): other is OtherDevice & Hindered => other.hindrance !== null)
  if (hindered !== undefined)
    return {
      reasonCode: 'to-come-elsewhere',
      values: { ...namesOf([hindered.name]), hindrance: hindered.hindrance },
      message: `It is here, and ${hindered.name} may not have it: ${hinderedWords(hindered)}.`,
      hint: `on ${hindered.name}: ${look}`,
    }
  const names = connected.filter(({ has }) => has === 'no').map(({ name }) => name)
  if (names.length > 0)
    return {
      reasonCode: 'to-come-elsewhere',
      values: namesOf(names),
      message: `It is here, and on its way to ${listed(names)}.`,
      hint: null,
    }
  const [first] = connected
  if (first !== undefined)
    return {
      reasonCode: 'to-come-elsewhere',
      values: { ...namesOf([first.name]), entries: first.lacks ?? 0 },
      message: `It is here; ${first.name} still lacks something of the folder, and this may be it.`,
      hint: `where that does not change, on ${first.name}: ${look}`,
    }
  const away = due.filter((other) => !other.connected && other.has === 'no').map(({ name }) => name)
  if (away.length === 0) return null
  const [have, get, start] = away.length === 1 ? ['has', 'gets', 'is'] : ['have', 'get', 'are']
  return {
    reasonCode: 'away',
    values: { ...namesOf(away), here: 'yes' },
    message: `It is here; ${listed(away)} ${have} not been connected since it changed, and ${get} it when ${away.length === 1 ? 'it' : 'they'} ${start}.`,
    hint: `start ${listed(away)}`,
  }
}

function same({ others }: EntryFacts): Reason {
  const isSure = others.every(({ takes, has }) => !takes || has === 'yes')
  const message =
    others.length === 0
      ? 'It is on this device; no other device has the folder.'
      : isSure
        ? 'It is the same on all devices of the folder.'
        : 'It is the same on all devices, as far as is known here.'
  return { reasonCode: 'synced', values: { others: others.length, sure: isSure ? 'yes' : 'no' }, message, hint: null }
}

/** As values: their names, with commas, and how many there are. */
function namesOf(names: readonly string[]): { devices: string; number: number } {
  return { devices: names.join(', '), number: names.length }
}

/** `a`, `a and b`, `a, b and c` */
function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

function sentence(text: string): string {
  const [first = ''] = text
  return `${first.toUpperCase()}${text.slice(first.length)}${/[.!?]$/.test(text) ? '' : '.'}`
}
