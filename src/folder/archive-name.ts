/** Bytes that a name may have on all common disks. */
const MAX_NAME = 255
const ID = /^[A-Za-z0-9_-]{1,64}$/
/** Kept at the end of an archived file's name, so that programs still know it. */
const EXTENSION = /^(.+)(\.[A-Za-z0-9]{1,16})$/s
const ARCHIVED = /^(.*)~(\d{8}T\d{9}Z)~[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9]{1,16})?$/s

/** Where the archive keeps what was at a path: `file` in `directory`, relative to the archive. */
export interface ArchivePlace {
  directory: string
  file: string
}

/**
 * `docs/report.txt` of the 1st of May goes to `docs/report~20260501T120000000Z~<id>.txt`: the folder's own tree, so that a
 * person finds it. Where that name would be too long, the file's name becomes a directory and the rest the name in it.
 */
export function archivePlace(path: string, id: string, time: number): ArchivePlace {
  if (!ID.test(id)) throw new RangeError(`${JSON.stringify(id)} is no name for an archived file`)
  const slash = path.lastIndexOf('/')
  const directory = slash < 0 ? '' : path.slice(0, slash)
  const name = path.slice(slash + 1)
  const [, stem = name, extension = ''] = EXTENSION.exec(name) ?? []
  const mark = `~${new Date(time).toISOString().replace(/[-:.]/g, '')}~${id}`
  const file = stem + mark + extension
  if (Buffer.byteLength(file) <= MAX_NAME) return { directory, file }
  return { directory: path, file: mark + extension }
}

/** The path and time (ms) that an archived file's place tells, or undefined when it is none. */
export function readArchivePlace({ directory, file }: ArchivePlace): { path: string; time: number } | undefined {
  const [, stem, stamp, extension = ''] = ARCHIVED.exec(file) ?? []
  if (stem === undefined || stamp === undefined) return undefined
  const time = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z'))
  if (Number.isNaN(time)) return undefined
  if (stem === '') return { path: directory, time }
  return { path: (directory === '' ? '' : `${directory}/`) + stem + extension, time }
}
