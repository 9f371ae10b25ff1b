import { durationText, sizeText } from '#base'
import { count } from '#sync'

type Values = Record<string, string | number>

/** What has to be known of a recovery kit, a setting, or a check of health, as English sentences by their codes. */
export const NOTES = {
  'kit-closed': ({ folder }: { folder: string }) => `The kit does not open ${folder}: this device cannot read it.`,
  'kit-no-history': ({ folder }: { folder: string }) =>
    `${folder} keeps no history, and so nothing on storage devices: it comes back only where a device that has it is left.`,
  'kit-alone': () => 'No other device is in the group: with this one gone a kit finds nothing.',
  'kit-no-blocks': ({ devices }: { devices: string }) =>
    `With this device gone the kit brings back what ${devices} then has: no other device keeps sealed blocks.`,
  'kit-unheard': () => 'No other device is connected, and a device lets a kit in only when it has heard of it.',
  'kit-away': ({ devices }: { devices: string }) => `${devices}: in the group, and not connected.`,
  'kit-all-left': ({ folder }: { folder: string }) => `${folder} is not restored: all devices had left it`,
  grace: ({ ms }: { ms: number }) =>
    `What sync replaces or deletes leaves the archives after ${durationText(ms)} now, not after ten minutes, once the stores have it: what a program that has such a file open writes into it later than that is lost.`,
  'pledge-room': ({ bytes }: { bytes: number }) =>
    `The disk of this device has room for ${sizeText(bytes)} of that as it is now: once that is used up the group hears so, and places the rest elsewhere.`,
  'pledge-held': ({ bytes }: { bytes: number }) =>
    `This device holds ${sizeText(bytes)} for others already. It takes no more than the pledge, and gives up of what is beyond it what other devices hold by then.`,
  'space-unknown': () => 'the free space cannot be told',
  'space-free': ({ bytes }: { bytes: number }) => `${bytes} bytes free where the index is`,
  listens: ({ addresses }: { addresses: string }) => addresses,
  'listens-nowhere': () => 'it listens nowhere',
  answers: () => 'answers',
  'store-well': () => 'nothing in it is known to be damaged',
  'store-damaged': ({ blocks }: { blocks: number }) =>
    `${count(blocks, 'block is', 'blocks are')} damaged, and not had anew yet: holdfast status tells what to do`,
} satisfies Record<string, (values: never) => string>

export type NoteCode = keyof typeof NOTES
type ValuesOf<Code extends NoteCode> = Parameters<(typeof NOTES)[Code]> extends [infer Given] ? Given : object

/** A note as a sentence, and what goes with it: its code is the `note` of these. */
export function noteOf<Code extends NoteCode>(code: Code, values: ValuesOf<Code>): { text: string; values: Values } {
  return { text: (NOTES[code] as (given: object) => string)(values as object), values: { ...(values as Values), note: code } }
}
