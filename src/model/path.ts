import { HoldfastError } from '#base'

/** The folder's own directory at its root; never synced. */
export const OWN_DIRECTORY = '.holdfast'
/** What sync replaced or deleted is kept below it for a while. No record's path leads there. */
export const ARCHIVE_DIRECTORY = `${OWN_DIRECTORY}/archive`
const MAX_PATH_BYTES = 4096
const MAX_NAME_BYTES = 255
/** Most paths: printable ASCII without `~`, no name that begins with a dot, short. */
const PLAIN = /^(?:[!-\-0-}][ -.0-}]{0,199}\/){0,15}[!-\-0-}][ -.0-}]{0,199}$/
/** What some disk may pass over in a name (HFS+), and what Windows may cut from its end: dots, spaces, the name of a stream. */
const PASSED_OVER = /\p{Default_Ignorable_Code_Point}|[ .]*(?::.*)?$/gsu
/** The short names that FAT and NTFS may give to `.holdfast`. */
const SHORT_NAME = /^(?:holdfa~\d|holdf~\d\d|hold~\d{3}|ho[\da-f]{4}~\d)$/i
const MAY_BE_OWN = /^\.|~\d|[^\0-\x7f]/
const ASCII = /^[\0-\x7f]*$/

/**
 * Why no record may carry `path`, or undefined when it may: relative, `/` between names, no `.` or `..`, no NUL, valid
 * Unicode, names of at most 255 bytes, at most 4096 in all, and not below `.holdfast`.
 */
export function pathFault(path: string): string | undefined {
  if (PLAIN.test(path)) return undefined
  if (path === '') return 'it is empty'
  if (path.startsWith('/')) return 'it is absolute'
  if (path.includes('\0')) return 'it contains a NUL'
  if (!path.isWellFormed()) return 'it is not valid Unicode'
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`
  const names = path.split('/')
  for (const name of names) {
    if (name === '') return 'it has an empty name in it'
    if (name === '.' || name === '..') return `it contains '${name}'`
    if (Buffer.byteLength(name) > MAX_NAME_BYTES) return `a name in it is longer than ${MAX_NAME_BYTES} bytes`
    if (isOwnName(name)) return `${OWN_DIRECTORY} is Holdfast's own directory, and some disks take this name for it`
  }
  return undefined
}

/** Does some disk take the name for that of Holdfast's own directory? */
export function isOwnName(name: string): boolean {
  if (!MAY_BE_OWN.test(name)) return false
  const seen = name.replace(PASSED_OVER, '')
  return SHORT_NAME.test(seen) || foldedKey(seen) === OWN_KEY
}

/** Throws `denied` when no record may carry `path`. */
export function checkPath(path: string): void {
  const fault = pathFault(path)
  if (fault === undefined) return
  throw new HoldfastError('denied', `the path ${JSON.stringify(path)} is refused: ${fault}`, {
    reason: 'path-refused',
    values: { path },
    hint: fault.includes(OWN_DIRECTORY)
      ? 'choose another name'
      : 'write the names on the way from the top of the folder, with one / between them, and no . or ..',
  })
}

/** What paths are compared by: NFC. The bytes themselves are kept as their author's disk has them. */
export function pathKey(path: string): string {
  return ASCII.test(path) ? path : path.normalize('NFC')
}

/** What paths are compared by on a disk that folds case. */
export function foldedKey(path: string): string {
  return path.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC')
}

const OWN_KEY = foldedKey(OWN_DIRECTORY)

/** The directory a path is in; '' is the folder's root. */
export function parentPath(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash)
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function joinPath(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`
}

/** Two names as they are told apart: those that look alike show how their letters are made up. */
export function tellApart(one: string, other: string): [string, string] {
  if (pathKey(one) !== pathKey(other)) return [one, other]
  return [spelledOut(one), spelledOut(other)]
}

function spelledOut(text: string): string {
  return text.replaceAll(/[^\x00-\x7f]/gu, (letter) => `\\u{${(letter.codePointAt(0) ?? 0).toString(16)}}`)
}
