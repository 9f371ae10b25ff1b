import { HoldfastError, shellWord } from '#base'
import type { ShownEntry } from '#db'
import { pathKey, type DeviceId } from '#model'

/** A version that shows on this disk, at the path in conflict or beside it. */
export interface ShownVersion {
  entry: ShownEntry
  /** Who wrote it; null: a directory that is there only for what is below it. */
  device: DeviceId | null
  /** This device wrote it, or the same. */
  own: boolean
  isDerived: boolean
}

export interface Wanted {
  keep: 'mine' | 'theirs'
  device?: DeviceId | undefined
  /** The path in conflict, and how it was named: that, or the name of a derived file. */
  path: string
  target: string
}

interface Words {
  /** The folder's name here. */
  name: string
  nameOf(device: DeviceId): string
}

/**
 * The version that is to stay. `mine` is this device's own, `theirs` another device's: that of `device`, else that at `target` where it
 * names a derived file, else the only one. Throws `not-found` or `usage`, with the choices, where it is none or not one alone.
 */
export function chooseVersion(words: Words, wanted: Wanted, versions: readonly ShownVersion[]): ShownVersion {
  const { keep, device, path, target } = wanted
  const [own, others] = [versions.filter((version) => version.own), versions.filter((version) => !version.own)]
  const fitting = keep === 'mine' ? own : device === undefined ? others : versions.filter((version) => version.device === device)
  const named = fitting.find(({ entry, isDerived }) => isDerived && entry.path === target)
  // Of several versions of one device the path names the one that shows there; of several by others it names none.
  const isOne = keep === 'mine' || device !== undefined
  const shown = isOne && pathKey(target) === pathKey(path) ? fitting.find(({ isDerived }) => !isDerived) : undefined
  const [only, second] = fitting
  const chosen = named ?? shown ?? (second === undefined ? only : undefined)
  if (chosen !== undefined) return chosen
  const hint = `say which to keep: ${choices(words, path, versions)}`
  const wrote = versions.map((version) => `${writer(words, version)} wrote ${version.entry.path}`).join(', ')
  if (only === undefined) {
    const who = keep === 'theirs' ? (device === undefined ? 'another device' : words.nameOf(device)) : 'this device'
    throw new HoldfastError('not-found', `${who} wrote no version of ${path}: ${wrote}`, {
      reason: 'no-version-by',
      values: { path },
      hint,
    })
  }
  throw new HoldfastError('usage', `there are several versions of ${path}: ${wrote}`, {
    reason: 'several-versions',
    values: { path },
    hint,
  })
}

/** A command for each version, by its device where that names it. */
function choices(words: Words, path: string, versions: readonly ShownVersion[]): string {
  const commands = versions.map(({ entry, device, own, isDerived }) => {
    const byName = isDerived && versions.filter((other) => other.device === device).length > 1
    const target = shellWord(`${words.name}/${byName ? entry.path : path}`)
    const by = own || byName || device === null ? '' : ` --by ${reference(words, device)}`
    return `holdfast conflicts resolve ${target} --keep ${own ? 'mine' : 'theirs'}${by}`
  })
  return [...new Set(commands), `holdfast conflicts resolve ${shellWord(`${words.name}/${path}`)} --keep both`].join(', or ')
}

/** As a command takes it: the name, or the end of the id where several have that name. */
function reference({ nameOf }: Words, device: DeviceId): string {
  const [name, end] = [nameOf(device), device.slice(-8)]
  return name.endsWith(`(${end})`) ? end : shellWord(name)
}

function writer({ nameOf }: Words, { device, own }: ShownVersion): string {
  return own ? 'this device' : device === null ? 'nobody' : nameOf(device)
}
