import { localTime } from '#base'
import type { Hindrance } from './hindrance.ts'

/** What goes with a reason's code, for those who tell it in their own words. */
export type ReasonValues = Readonly<Record<string, string | number>>

/** Another device that takes no part now, why, and how many more there are; left out where there is none. */
export interface Elsewhere {
  device?: string
  hindrance?: Hindrance
  others?: number
}

type Sentence = (values: never) => string

/**
 * Why a folder is as it is, as English sentences, by their codes: all that is said of one that nothing is wrong with. What is wrong with one that is
 * blocked, or has an error, its fault says itself.
 */
export const REASONS = {
  paused: ({ until }: { until?: string }) => `Paused by you${until === undefined ? '' : ` until ${localTime(until)}`}.`,
  'deletions-held': ({ entries, before }: { entries: number; before: number }) =>
    `${count(entries, 'entry', 'entries')} vanished here at once. Approve to delete them everywhere, or reject to bring them back${before === 0 ? '' : `, with ${before.toLocaleString('en')} more that went before`}.`,
  scanning: () => 'Looking at the files on this device.',
  'no-role': ({ edits }: { edits: number }) =>
    `Not synced: this device has the role none in the folder, and gets and sends nothing${edits === 0 ? '' : `; ${count(edits, 'local edit stays', 'local edits stay')} here`}.`,
  'receiving-index': ({ records }: { records: number }) => `Receiving the index: ${count(records, 'record', 'records')} to come.`,
  'waiting-for-device': () => 'Waiting for another device to compare with.',
  'no-device': ({ entries }: { entries: number }) =>
    `${count(entries, 'entry', 'entries')} to fetch, but no device of this folder is connected.`,
  'put-off': ({ entries }: { entries: number }) =>
    `${count(entries, 'entry', 'entries')} cannot be brought here now; see the problems.`,
  // What has just come is not counted yet, what has just been brought no longer.
  fetching: ({ entries }: { entries: number }) =>
    entries > 0 ? `Bringing ${count(entries, 'entry', 'entries')} here.` : 'At work on what has come from other devices.',
  vanishing: ({ entries }: { entries: number }) =>
    `${count(entries, 'entry has', 'entries have')} vanished here; other devices hear of it once no more are vanishing.`,
  problems: ({ entries, ...there }: { entries: number } & Elsewhere) =>
    `Up to date but for ${count(entries, 'entry', 'entries')} with a problem${andElsewhere(there)}`,
  'local-edits': ({ edits, ...there }: { edits: number } & Elsewhere) =>
    `${count(edits, 'local edit stays', 'local edits stay')} on this device${andElsewhere(there)}`,
  'send-only': ({ changes, ...there }: { changes: number } & Elsewhere) =>
    `This device only sends: ${count(changes, 'change', 'changes')} by others ${changes === 1 ? 'is' : 'are'} not taken in${andElsewhere(there)}`,
  alone: ({ online }: { online?: 'yes' }) =>
    online === 'yes'
      ? 'Online-only, and no other device is connected: only what was opened lately can be read.'
      : 'Up to date; no other device is connected.',
  'waits-elsewhere': (there: Elsewhere) => `Up to date here${andElsewhere(there)}`,
  'to-come-elsewhere': ({ device, entries }: { device: string; entries: number }) =>
    `Up to date here; ${device} lacks ${count(entries, 'entry', 'entries')} yet.`,
  'online-only': () => 'Online-only: files are fetched when they are opened.',
  'up-to-date': () => 'Up to date.',
} satisfies Record<string, Sentence>

export type ReasonCode = keyof typeof REASONS
export type ValuesOf<Code extends ReasonCode> = Parameters<(typeof REASONS)[Code]> extends [infer Values] ? Values : object

/** The English sentence of a code. */
export function reasonOf<Code extends ReasonCode>(code: Code, values: ValuesOf<Code>): string {
  return (REASONS[code] as (values: object) => string)(values as object)
}

const HINDERED: Record<Hindrance, string> = {
  held: 'many entries vanished at once and wait there for a decision',
  blocked: 'the folder is blocked, for a reason that is shown there',
  error: 'the folder cannot go on, for a reason that is shown there',
  'needs-user': 'the folder waits for somebody',
  paused: 'the folder is paused',
}

/** `on laptop the folder is paused` */
export function hinderedWords({ name, hindrance }: { name: string; hindrance: Hindrance }): string {
  return `on ${name} ${HINDERED[hindrance]}`
}

/** What a person here cannot see, and may wonder why nothing comes. */
function andElsewhere({ device, hindrance, others = 0 }: Elsewhere): string {
  if (device === undefined || hindrance === undefined) return '.'
  const more = others === 0 ? '' : `; ${count(others, 'other device takes', 'other devices take')} no part now either`
  return `; ${hinderedWords({ name: device, hindrance })}${more}.`
}

/** `1 entry`, `1,200 entries`. */
export function count(number: number, one: string, many: string): string {
  return number === 1 ? `1 ${one}` : `${number.toLocaleString('en')} ${many}`
}
