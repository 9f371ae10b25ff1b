import type { Remark } from '#api/contract'
import { count, type ReasonValues } from '#sync'
import { UNTAKEN } from './untaken-words.ts'

/** Content that is out of reach: `devices` (their names, with commas; `number` of them) are away and have it, or may (`said`). */
interface Away {
  devices: string
  number: number
  said: 'yes' | 'no'
  versions: number
}

type YesNo = 'yes' | 'no'

/** What stays undone in a folder, as English sentences by their codes, of all that its status tells of; what is to be done depends on more than these. */
export const REMARKS = {
  lost: ({ versions, alone }: { versions: number; alone: YesNo }) =>
    `the content of ${count(versions, 'version', 'versions')} that ${versions === 1 ? 'was' : 'were'} kept ${nowhere(alone === 'yes')}`,
  degraded: ({ copies, wanted }: { copies: number; wanted: number }) => {
    const only = copies === 1 ? 'only one device' : `only ${copies} devices`
    return `${copies === 0 ? 'no device' : only} can hold its versions, where replication_factor asks for ${wanted}`
  },
  unheld: () => 'no device of this group has it on a disk: of its content only what was opened here lately can be read',
  full: ({ device }: { device: string }) =>
    `${untaken(device, 'full')}; from the first that it lacks on none counts as protected, wherever else it is`,
  refused: ({ device }: { device: string }) => untaken(device, 'refused'),
  lies: ({ device }: { device: string }) => untaken(device, 'lies'),
  'out-of-reach': ({ files, ...away }: Away & { files: number }) =>
    `${amountOf({ files, versions: away.versions })} ${whereNow(away)}`,
  'deleted-apart': ({ entries, devices }: { entries: number; devices: string }) =>
    `${count(entries, 'entry that was', 'entries that were')} here ${entries === 1 ? 'was' : 'were'} deleted by ${devices}, as it seems before they were in one group with this device, or were again; what no other device had of that can be restored here`,
} satisfies Record<string, (values: never) => string>

export type RemarkCode = keyof typeof REMARKS
type ValuesOf<Code extends RemarkCode> = Parameters<(typeof REMARKS)[Code]> extends [infer Values] ? Values : object

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

function untaken(device: string, why: keyof typeof UNTAKEN): string {
  return `not all of its versions are kept by ${device}, ${UNTAKEN[why].words.replace(/\.$/, '')}`
}
