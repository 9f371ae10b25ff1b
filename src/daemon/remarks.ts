import type { Remark } from '#api/contract'
import { count, type ReasonValues } from '#sync'
import { unkept, UNTAKEN } from './untaken-words.ts'

/** Content that is out of reach: `devices` (their names, with commas; `number` of them) are away and have it, or may (`said`). */
interface Away {
  devices: string
  number: number
  said: 'yes' | 'no'
  versions: number
}

type YesNo = 'yes' | 'no'

/** What a device does not keep that is to be there; `own`: this one. */
interface Unkept {
  versions: number
  own: YesNo
  device: string
}

/** The same of one that does not take it; of how many versions is not always counted. */
type Untaken = Unkept | { device: string }

/** What is on one device alone: of these files, and so many more; `most`: another one may have some of it; `removal`: the device is about to be removed. */
interface OnlyCopy extends Unkept {
  most: YesNo
  paths: string
  more: number
  removal: YesNo
}

/** What stays undone in a folder, as English sentences by their codes, of all that its status tells of; what is to be done depends on more than these. */
export const REMARKS = {
  lost: ({ versions, alone }: { versions: number; alone: YesNo }) =>
    `the content of ${count(versions, 'version', 'versions')} that ${versions === 1 ? 'was' : 'were'} kept ${nowhere(alone === 'yes')}`,
  degraded: ({ copies, wanted }: { copies: number; wanted: number }) => {
    const only = copies === 1 ? 'only one device' : `only ${copies} devices`
    return `${copies === 0 ? 'no device' : only} can hold its versions, where replication_factor asks for ${wanted}`
  },
  unheld: () => 'no device of this group has it on a disk: of its content only what was opened here lately can be read',
  full: (of: Untaken) =>
    'versions' in of
      ? untaken(of, 'full')
      : `${untaken(of, 'full')}; from the first that it lacks on none counts as protected, wherever else it is`,
  refused: (of: Untaken) => untaken(of, 'refused'),
  lies: (of: Untaken) => untaken(of, 'lies'),
  away: (of: Unkept) => `${unkeptBy(of)}, which is not connected`,
  silent: (of: Unkept) => `${unkeptBy(of)}, as far as it has said`,
  nowhere: (of: Unkept) => `${unkeptBy(of)}, for no device that is connected has all of their content`,
  'out-of-reach': ({ files, ...away }: Away & { files: number }) =>
    `${amountOf({ files, versions: away.versions })} ${whereNow(away)}`,
  'deleted-apart': ({ entries, devices }: { entries: number; devices: string }) =>
    `${count(entries, 'entry that was', 'entries that were')} here ${entries === 1 ? 'was' : 'were'} deleted by ${devices}, as it seems before they were in one group with this device, or were again; what no other device had of that can be restored here`,
  'only-copy': ({ versions, most, own, device, paths, more }: OnlyCopy) =>
    `the content of ${most === 'yes' ? 'up to ' : ''}${count(versions, 'version', 'versions')} is on ${own === 'yes' ? 'this device' : device} alone, as far as the other devices have said: of ${paths}${more > 0 ? ` and ${more} more` : ''}`,
  alone: () => 'no other device has it: it is on this device alone, with its history',
  damaged: ({ pieces, held }: { pieces: number; held: YesNo }) => {
    const [is, has, it] = pieces === 1 ? ['is', 'has it', 'it'] : ['are', 'have them', 'them']
    return held === 'yes'
      ? `${count(pieces, 'piece', 'pieces')} that this device holds for others ${is} damaged or gone here, and nobody has brought ${it} again yet`
      : `${count(pieces, 'piece', 'pieces')} of its versions ${is} damaged here, and no device that is connected ${has}`
  },
  closed: () => 'it is not open',
  paused: () => 'it is paused, and was passed over',
  'no-history': () => 'it keeps no history, so none of it is protected, however well it is synced',
} satisfies Record<string, (values: never) => string>

export type RemarkCode = keyof typeof REMARKS
type ValuesOf<Code extends RemarkCode> = Parameters<(typeof REMARKS)[Code]> extends [infer Values] ? Values : object

export function yesNo(is: boolean): YesNo {
  return is ? 'yes' : 'no'
}

/** A remark by its code. */
export function remark<Code extends RemarkCode>(folder: string, reasonCode: Code, values: ValuesOf<Code>, hint: string): Remark {
  const message = (REMARKS[reasonCode] as (values: object) => string)(values as object)
  const named = Object.keys(values as object).length === 0 ? {} : { values: { ...(values as ReasonValues) } }
  return { folder, reasonCode, message, hint, ...named }
}

/** Where the content of versions is that was kept once; a device that has left a group knows nothing of the others any more. */
export function nowhere(isAlone: boolean): string {
  return isAlone ? 'is not on this device, which is alone in its group' : 'is on no device of the group any more'
}

/** `are on no device that is connected; attic, which is away, has them` */
export function whereNow({ devices, number, said, versions }: Away): string {
  const [is, them] = versions === 1 ? ['is', 'it'] : ['are', 'them']
  const away = number === 1 ? 'which is away' : 'which are away'
  const have = said === 'yes' ? (number === 1 ? 'has' : 'have') : 'may have'
  return `${is} on no device that is connected; ${devices}, ${away}, ${have} ${them}`
}

/** `12 files and 3 older versions` */
function amountOf({ files, versions }: { files: number; versions: number }): string {
  const older = versions - files
  const parts = [
    ...(files > 0 ? [count(files, 'file', 'files')] : []),
    ...(older > 0 ? [count(older, 'older version', 'older versions')] : []),
  ]
  return parts.join(' and ')
}

function untaken(of: Untaken, why: keyof typeof UNTAKEN): string {
  const what = 'versions' in of ? unkept(of.versions, of.device) : `not all of its versions are kept by ${of.device}`
  return `${what}, ${UNTAKEN[why].words.replace(/\.$/, '')}`
}

function unkeptBy({ versions, own, device }: Unkept): string {
  return unkept(versions, own === 'yes' ? null : device)
}
