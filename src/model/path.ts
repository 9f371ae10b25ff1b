import { HoldfastError } from '#base'

/** The folder's own directory at its root; never synced. */
export const OWN_DIRECTORY = '.holdfast'
/** What sync replaced or deleted is kept below it for a while. No record's path leads there. */
export const ARCHIVE_DIRECTORY = `${OWN_DIRECTORY}/archive`
const MAX_PATH_BYTES = 4096
const MAX_NAME_BYTES = 255
/** Most paths: printable ASCII, no name that begins with a dot, short. */
const PLAIN = /^(?:[!-\-0-~][ -.0-~]{0,199}\/){0,15}[!-\-0-~][ -.0-~]{0,199}$/
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
    if (pathKey(name).toLowerCase() === OWN_DIRECTORY) return `${OWN_DIRECTORY} is Holdfast's own directory`
  }
  return undefined
}

/** Throws `denied` when no record may carry `path`. */
export function checkPath(path: string): void {
  const fault = pathFault(path)
  if (fault !== undefined) throw new HoldfastError('denied', `the path ${JSON.stringify(path)} is refused: ${fault}`)
}

/** What paths are compared by: NFC. The bytes themselves are kept as their author's disk has them. */
export function pathKey(path: string): string {
  return ASCII.test(path) ? path : path.normalize('NFC')
}

/** What paths are compared by on a disk that folds case. */
export function foldedKey(path: string): string {
  return path.normalize('NFC').toLowerCase().toUpperCase().normalize('NFC')
}

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
