import { errnoOf, HoldfastError, systemWords, toErrorShape, type Random } from '#base'
import { OWN_DIRECTORY, toHex, type DeviceId } from '#model'
import { kindOf } from './filesystem.ts'
import type { RootHealth, RootIdentity, RootMark } from './folder-disk.ts'
import { ARCHIVE, TMP, type Tree } from './tree.ts'
import { readWhole, writeWhole } from './whole-file.ts'

export const MARKER = `${OWN_DIRECTORY}/marker.json`
const MARKER_NAME = 'marker.json'
const STAGED_MARKER = '~marker'
const MAX_MARKER = 4096
/** Of a device's id, as it is shown where its name is not known. */
const SHORT_ID = 8
/** Of the marker's format; a reader refuses greater ones. */
const VERSION = 2
/** The first one did not name the device. */
const WITHOUT_DEVICE = 1

interface Marker extends RootMark {
  root: string
}

/**
 * Makes the root ours: writes the marker unless it is there already, for this folder and device and with this id. With an id given
 * the root is known to be this folder's, and a damaged marker is replaced.
 */
export async function adoptRoot(
  tree: Tree,
  { folder, device }: { folder: string; device: DeviceId },
  id: string | null,
  random: Random,
): Promise<RootIdentity> {
  const { fs } = tree
  const known = readMarker(tree)
  if (known === 'newer' || (known === 'damaged' && id === null)) throw unreadableMarker(known)
  const old = known === 'damaged' ? undefined : known
  if (old !== undefined && (old.folder !== folder || isOfAnother(old, device))) {
    const hint = `If it is no longer in use there, remove ${MARKER} from it.`
    throw new HoldfastError('exists', 'the directory belongs to another folder or device already', {
      reason: 'directory-taken',
      hint,
    })
  }
  const root = id ?? old?.root ?? toHex(random.bytes(16))
  const own = tree.make(OWN_DIRECTORY)
  const tmp = tree.make(TMP)
  tree.make(ARCHIVE)
  if (old?.root !== root || old.device === null) {
    const marker = JSON.stringify({ version: VERSION, folder, device, root } satisfies Marker & { version: number })
    await writeWhole(fs, tmp, STAGED_MARKER, Buffer.from(`${marker}\n`))
    fs.rename(tmp, STAGED_MARKER, own, MARKER_NAME)
    tree.touch(own)
  }
  tree.touch(tree.root)
  await tree.flush()
  const { ino, dev } = fs.statDir(tree.root)
  return { id: root, ino, dev }
}

/** Whose marker the root carries, if any. */
export function markOf(tree: Tree): RootMark | null {
  const marker = readMarker(tree)
  if (marker === 'newer' || marker === 'damaged') throw unreadableMarker(marker)
  return marker === undefined ? null : { folder: marker.folder, device: marker.device }
}

/** Runs what marks or reads the mark of the directory at `path`; what the disk says of that names neither the directory nor what to do. */
export async function marking<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    const errno = errnoOf(cause)
    if (errno === undefined) throw cause
    const own = `${path}/${OWN_DIRECTORY}`
    if (errno === 'ENOTDIR' || errno === 'EEXIST') {
      const hint = `rename or remove ${own}`
      throw new HoldfastError('exists', `${path} cannot be shared: ${own} is there, and is no directory`, {
        reason: 'own-name-taken',
        values: { path, own },
        hint,
        cause,
      })
    }
    const { code } = toErrorShape(cause)
    const hint = 'check that this user may write in the directory, and that its disk has room and is in order'
    throw new HoldfastError(code, `${path} cannot be shared: ${own}: ${systemWords(errno, String(cause))}`, {
      reason: 'cannot-share',
      values: { path, system: errno },
      hint,
      cause,
    })
  }
}

/** Takes the marker away, unless it is another device's; the archive stays. */
export async function releaseRoot(tree: Tree, device: DeviceId): Promise<void> {
  const marker = readMarker(tree)
  if (marker === undefined || (typeof marker === 'object' && isOfAnother(marker, device))) return
  const own = tree.dir(OWN_DIRECTORY)
  tree.fs.unlink(own, MARKER_NAME)
  tree.touch(own)
  await tree.flush()
}

/**
 * Compares the root with what it was. The device number is not compared: for many kinds of disk it is another after the next
 * mount. A copy of the whole tree to another place or disk carries the marker, but has another inode.
 */
export function checkRoot(tree: Tree, identity: RootIdentity, device: DeviceId): RootHealth {
  let marker: ReturnType<typeof readMarker>
  try {
    marker = readMarker(tree)
  } catch (error) {
    return bad('root-unreadable', `its marker ${MARKER} cannot be read: ${systemWords(errnoOf(error), String(error))}`)
  }
  if (marker === undefined) {
    return bad('marker-missing', `its marker ${MARKER} is missing: the disk may not be mounted, or the directory was emptied`)
  }
  if (marker === 'damaged') return bad('marker-damaged', `its marker ${MARKER} is damaged: what is in that file is no marker`)
  if (marker === 'newer') return bad('marker-changed', `its marker ${MARKER} was written by a newer Holdfast`)
  if (isOfAnother(marker, device)) {
    const other = marker.device?.slice(-SHORT_ID)
    return bad('marker-changed', `its marker ${MARKER} says that another device (${other}) keeps its files here`)
  }
  if (marker.root !== identity.id) return bad('marker-changed', `its marker ${MARKER} is another one`)
  if (tree.fs.statDir(tree.root).ino !== identity.ino) {
    return bad('root-replaced', 'it has the right marker, but is not the directory it was: it was copied, restored or replaced')
  }
  return { ok: true }
}

/** What `openRoot` threw, as health. */
export function rootFault(error: unknown, path: string): RootHealth {
  const code = errnoOf(error)
  if (code === 'ENOENT') return bad('root-missing', `${path} is not there`)
  if (code === 'ENOTDIR' || code === 'ELOOP') return bad('root-no-directory', `${path} is no directory`)
  return bad('root-unreadable', `${path} cannot be opened: ${systemWords(code, String(error))}`)
}

function unreadableMarker(marker: 'damaged' | 'newer'): HoldfastError {
  if (marker === 'newer')
    return new HoldfastError('unsupported', `the directory's marker ${MARKER} was written by a newer Holdfast`, {
      reason: 'marker-newer',
      hint: 'update this one',
    })
  const hint = `if no folder uses the directory any more, remove ${MARKER} from it`
  return new HoldfastError('corrupt', `the directory's marker ${MARKER} is damaged`, { reason: 'marker-damaged', hint })
}

/** Markers of the first form say nothing of the device. */
function isOfAnother({ device }: RootMark, ours: DeviceId): boolean {
  return device !== null && device !== ours
}

function bad(reasonCode: Extract<RootHealth, { ok: false }>['reasonCode'], reason: string): RootHealth {
  return { ok: false, reasonCode, reason }
}

/** Undefined when there is none; a word when it is none that we can read. */
function readMarker(tree: Tree): Marker | 'damaged' | 'newer' | undefined {
  const stat = tree.stat(MARKER)
  if (stat === undefined) return undefined
  if (kindOf(stat) !== 'file') return 'damaged'
  const text = Buffer.from(readWhole(tree.fs, tree.dir(OWN_DIRECTORY), MARKER_NAME, MAX_MARKER)).toString()
  try {
    const value = JSON.parse(text) as Partial<Marker & { version: number }> | null
    const { version, folder, device, root } = value ?? {}
    if (typeof version === 'number' && version > VERSION) return 'newer'
    if (typeof folder !== 'string' || typeof root !== 'string') return 'damaged'
    if (version === WITHOUT_DEVICE) return { folder, device: null, root }
    return version === VERSION && typeof device === 'string' ? { folder, device, root } : 'damaged'
  } catch {
    return 'damaged'
  }
}
