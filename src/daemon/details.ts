import { SYSTEM_WORDS } from '#base'

/** What a sentence says: by a code, `detail`, and what it is filled with. */
export type Detail = Readonly<Record<string, string | number>> & { readonly detail: string }

/**
 * What is said of problems and in the activity list, as databases keep it: sentences, of older versions too. `{fault}` is another of these sentences,
 * `{system}` what is said of a system error; a number is `{entries}`, `{more}`, `{line}`, or in MiB `{mib…}`.
 */
export const DETAILS = {
  'changing-read': 'it kept changing while it was read',
  'gone-read': 'it is no longer there',
  'no-file-now': 'it is no longer a file',
  'cannot-read': 'it cannot be read: {system}',
  'cannot-change': 'it cannot be changed here: {system}',
  'cannot-bring': 'it could not be brought here: {system}',
  'cannot-write': 'it cannot be written: {system}',
  'disk-full': 'the disk is full',
  'no-room': 'it needs {mibNeed}; {mibFree} are free on the disk, {mibKept} of them kept for other files',
  'no-room-left': 'it lacks {mibNeed} yet, and only {mibFree} are free on the disk now',
  'name-long': 'its name is too long for this disk',
  'name-unfit': 'this disk cannot hold its name',
  'name-unicode': 'its name is not valid Unicode, so other disks cannot hold it',
  'target-unicode': 'the path it points to is not valid Unicode',
  'name-own': "it is not carried: the name {own} is kept for Holdfast's own directory",
  'not-apart': 'this disk does not keep the name apart from another one that is there',
  'cannot-tell': 'this disk cannot tell {name} from {other}',
  twin: "its name '{name}' differs from '{other}' beside it only in what not every disk keeps apart",
  'not-carried': 'it cannot be carried: {fault}',
  'not-synced': '{path} cannot be synced: {fault}',
  'path-refused': '{what} path is refused: {fault}',
  'not-empty': 'the directory has something in it',
  'changed-here': 'it was changed here meanwhile',
  'edited-here': '{path} is not what it was: it was edited here meanwhile',
  'parent-gone': '{path} is not there, or is no directory',
  'staged-gone': 'the staged file {name} is not there',
  'begun-anew': 'what was written of it is gone: it has to be begun anew',
  'wrong-pieces': '{more} of {all} pieces are not what their ids say',
  'other-disk': 'another disk is mounted here; what is on it is left alone',
  'other-disk-at': 'another disk is mounted at {path}; what is on it is left alone',
  special: 'it is a socket, a pipe or a device, which is not carried',
  'no-content': 'no connected device has all of its content',
  'local-edit': 'it was edited here, where edits are not shared',
  'too-many-chunks': '{path} has more chunks than this device can work on ({bytes} bytes)',
  'bad-manifest': 'the manifest of {path} does not describe a file of {bytes} bytes',
  'rules-no-file': 'it is no file of its own, so nothing is ignored',
  'rules-all': 'it ignores everything, so nothing else of the folder is synced',
  'rules-lines': 'line {line} is passed over: {rest}',

  'path-empty': 'it is empty',
  'path-absolute': 'it is absolute',
  'path-nul': 'it contains a NUL',
  'path-unicode': 'it is not valid Unicode',
  'path-long': 'it is longer than {bytes} bytes',
  'path-empty-name': 'it has an empty name in it',
  'path-dots': "it contains '{name}'",
  'path-name-long': 'a name in it is longer than {bytes} bytes',
  'path-own': "{own} is Holdfast's own directory, and some disks take this name for it",
  'windows-letter': 'Windows allows no {letter} in a name',
  'windows-device': 'Windows keeps this name for a device',
  'windows-end': 'Windows allows no name that ends with a dot or a space',

  'kept-here': 'edited here while it was deleted or renamed',
  'kept-there': 'edited there while it was deleted or renamed elsewhere',
  vanished: '{entries} vanished at once',
  group: 'the group',
  'this-removed': 'this device, from the group',
  'by-kit': 'the group, by a recovery kit',
  kit: 'the recovery kit {name}',
  lies: 'does not have all that it says it has, which does not count as protected; on it: {command}',
  'never-kept': 'replaced or deleted before any device had kept it: no device has the content of {which}',
  'never-kept-more': 'and {more} more replaced or deleted before any device had kept it: no device has the content of {which}',
  'deleted-apart': '{entries} here {was} deleted by {devices}, as it seems before they {rest}',
  link: 'on the {link} link: {rest}',

  'marker-missing': 'its marker {marker} is missing: {rest}',
  'marker-damaged': 'its marker {marker} is damaged: {rest}',
  'marker-newer': 'its marker {marker} was written by a newer Holdfast',
  'marker-others': 'its marker {marker} says that another device ({device}) keeps its files here',
  'marker-changed': 'its marker {marker} is another one',
  'marker-unreadable': 'its marker {marker} cannot be read: {system}',
  'root-replaced': 'it has the right marker, but is not the directory it was: it was copied, restored or replaced',
  'root-unreadable': '{path} cannot be opened: {system}',
  'rules-unreadable': 'the ignore rules in {file} cannot be read, so the folder is not looked at: {system}',
  'marker-went': "the folder's marker {marker} went away while it was looked at, so nothing is taken as deleted",
  'marker-lost': 'the folder has lost its marker: it may be another directory now',
  'root-no-directory': '{path} is no directory',
  'root-missing': '{path} is not there',
} as const satisfies Record<string, string>

const NUMBERS = new Set(['entries', 'more', 'all', 'line', 'bytes'])
const MIB = 1024 * 1024
const CODES = new Map(Object.entries(SYSTEM_WORDS).map(([code, { what }]) => [what, code]))
const SAYS = 'the system says '

const ALL = Object.entries(DETAILS).map(([detail, text]) => {
  const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const pattern = text.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{\w+\}/g, '(.+?)')
  return { detail, names, pattern: new RegExp(`^${pattern}$`, 's') }
})

/** What a sentence says, where it is one of these; undefined for any other. */
export function detailOf(sentence: string): Detail | undefined {
  for (const { detail, names, pattern } of ALL) {
    const found = pattern.exec(sentence)
    if (found === null) continue
    const values = names.map((name, at) => valuesOf(name, found[at + 1] ?? ''))
    if (values.every((each) => each !== undefined)) return { ...Object.assign({}, ...values), detail }
  }
  return undefined
}

function valuesOf(name: string, text: string): Record<string, string | number> | undefined {
  if (name === 'system') {
    const code = CODES.get(text) ?? (text.startsWith(SAYS) ? text.slice(SAYS.length) : undefined)
    return code === undefined ? undefined : { system: code }
  }
  if (name === 'fault') {
    const fault = detailOf(text)
    return fault === undefined ? undefined : { ...fault, fault: fault.detail }
  }
  const number = Number.parseFloat(text.replaceAll(',', ''))
  if (name.startsWith('mib')) return Number.isNaN(number) ? undefined : { [name]: Math.round(number * MIB) }
  if (!NUMBERS.has(name)) return { [name]: text }
  return Number.isNaN(number) ? undefined : { [name]: number }
}

/** The same, as what goes with a code beside the sentence. */
export function detailed(sentence: string): { values?: Detail } {
  const values = sentence === '' ? undefined : detailOf(sentence)
  return values === undefined ? {} : { values }
}
