import { HoldfastError, messageOf, shellWord, toErrorShape, toldOf } from '#base'
import type { StoredFolder } from '#db'
import { MARKER } from '#folder'

/** `path` is where the folder was to be joined now; null = nowhere was said. */
export function alreadyJoined({ name, path: place }: StoredFolder, path: string | null): HoldfastError {
  const word = shellWord(name)
  const join = `holdfast folder join ${word}${path === null ? '' : ` ${shellWord(path)}`}`
  const hint =
    place === null
      ? `to have its files on this disk: holdfast folder join ${word} PATH`
      : `it is at ${place}; to have it ${path === null ? 'online-only' : 'elsewhere'}: holdfast folder leave ${word}, then ${join}`
  return new HoldfastError('exists', `this device takes part in ${name} already`, {
    reason: 'joined-already',
    values: { folder: name, path: place ?? '' },
    hint,
  })
}

/** Another folder here has the name that is wanted for the directory at `path`. */
export function nameTaken(name: string, path: string): HoldfastError {
  return new HoldfastError('exists', `there is a folder called ${name} on this device already`, {
    reason: 'name-taken',
    values: { folder: name },
    hint: `holdfast folder create ${shellWord(path)} --name NAME gives this one another name`,
  })
}

/** The group has a folder of that name, in which this device takes no part. */
export function nameOffered(name: string, path: string): HoldfastError {
  const [word, place] = [shellWord(name), shellWord(path)]
  return new HoldfastError('exists', `the group has a folder called ${name} already`, {
    reason: 'name-offered',
    values: { folder: name },
    hint: `holdfast folder join ${word} ${place} takes part in that one, holdfast folder create ${place} --name NAME makes another`,
  })
}

/** Another folder here has the name of the one that is to be joined. */
export function sameNameHere(name: string): HoldfastError {
  return new HoldfastError('exists', `there is another folder called ${name} on this device already`, {
    reason: 'same-name-here',
    values: { folder: name },
    hint: `only one of the two can be here: holdfast folder leave ${shellWord(name)} ends the other, and its files stay where they are`,
  })
}

/** The directory at `path` is kept by another device, called `name`. */
export function inUseBy(name: string, path: string): HoldfastError {
  return new HoldfastError('exists', `${path} is in use by another device, ${name}`, {
    reason: 'in-use-by',
    values: { path, device: name },
    hint: `choose another directory; where ${name} uses it no longer, or is gone for good: remove ${path}/${MARKER}, and try again`,
  })
}

/** A folder's key has not come yet. */
export function keyless(name: string): HoldfastError {
  return new HoldfastError('offline', `no device has given the key of ${name} yet`, {
    reason: 'no-key',
    values: { folder: name },
  })
}

/** What kept a folder from being opened. */
export function asFault(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error
  return new HoldfastError('internal', messageOf(error), { ...toldOf(toErrorShape(error)), cause: error })
}

/** Of a folder that nothing is known to be wrong with. */
export function notOpen(folder: string): HoldfastError {
  return new HoldfastError('internal', `${folder} is not open`, { reason: 'not-open', values: { folder } })
}
