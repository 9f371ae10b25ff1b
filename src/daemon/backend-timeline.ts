import type { Backend } from '#api'
import type { Change } from '#api/contract'
import { HoldfastError, shellWord } from '#base'
import type { FolderIndex, PastChange } from '#db'
import { hlcTime, type DeviceId, type VersionId } from '#model'
import { isoTime, type BackendContext } from './backend-context.ts'
import { opened } from './backend-folders.ts'
import type { OpenFolder } from './folder-opener.ts'
import { momentAt } from './moment-ref.ts'
import { restoreThen, type RestoreWords } from './restore-then.ts'
import { retentionOf } from './retention-of.ts'
import { momentNamed } from './snapshot-named.ts'

type TimelineOperations = Pick<Backend, 'timeline' | 'density' | 'restoreMoment'>

/** A folder's past as a whole. */
export function timelineOperations(context: BackendContext): TimelineOperations {
  const { registry, membership, network, clock } = context
  return {
    async timeline({ folder, path, device, until, before, limit }) {
      const { found, index } = indexOf(registry.find(folder))
      const author = device === undefined ? null : await authorNamed(context, index, device)
      const end = until === undefined ? null : Date.parse(until)
      const { changes, next } = await index.timeline({ under: trimmed(path), author, until: end, before, limit })
      const [called, { pins }] = [membership.called(), retentionOf(network.group, found.stored.id)]
      return { changes: changes.map((change) => changeOf(change, called, pins)), next }
    },
    async density({ folder, path, from, until, parts }) {
      const { index } = indexOf(registry.find(folder))
      const [start, end] = [from, until].map((time) => (time === undefined ? null : Date.parse(time)))
      if (start != null && end != null && start > end)
        throw new HoldfastError('usage', `${from} is after ${until}`, {
          reason: 'time-after',
          hint: 'say the earlier time as `from`',
        })
      const now = Math.floor(clock.now())
      const found = await index.density({ under: trimmed(path), from: start!, until: end!, now, parts })
      const earliest = found.earliest === null ? null : isoTime(found.earliest)
      return { from: isoTime(found.from), until: isoTime(found.until), counts: found.counts, earliest }
    },
    async restoreMoment({ folder, path, at: time, to, dryRun, keepNew, partial, expected: seen }, signal) {
      const { found, index } = indexOf(registry.find(folder))
      const under = trimmed(path)
      const { name } = found.stored
      const target = under === '' ? name : `${name}/${under}`
      const moment = await momentAt(time, () => index.have())
      const at = moment ?? Date.parse(time)
      if (typeof at === 'number') await needKnown(index, { name, under, at, time, dryRun })
      const words = moment === null ? wordsFor(target, time, to) : momentWords(target)
      const expected =
        seen === undefined
          ? undefined
          : 'at' in seen
            ? Date.parse(seen.at)
            : await momentNamed(network.group, found, seen.snapshot)
      const wanted = { at, under, dryRun, keepNew, expected, partial, words }
      return { to, ...(await restoreThen(context, found, to, wanted, signal)) }
    },
  }
}

function indexOf(found: OpenFolder): { found: OpenFolder; index: FolderIndex } {
  opened(found)
  return { found, index: found.index! }
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '')
}

/** Also one that is in the group no more, by its PeerId. */
async function authorNamed({ membership }: BackendContext, index: FolderIndex, reference: string): Promise<DeviceId> {
  const written = (await index.have()).find(({ author }) => author === reference)
  return written?.author ?? membership.find(reference)
}

function changeOf(
  { version, cause, sizeBefore, isHead, isForgotten }: PastChange,
  called: (device: DeviceId) => string,
  pins: ReadonlySet<VersionId>,
): Change {
  const { id, path, hlc, author: device, kind, size } = version
  return {
    path,
    version: id,
    time: isoTime(hlcTime(hlc)),
    device,
    by: called(device),
    kind,
    size,
    sizeBefore,
    cause,
    forgotten: isForgotten,
    pinned: pins.has(id),
    current: isHead,
  }
}

/**
 * Throws `not-found` where nothing was ever known of a path, or not yet at the time, when all of it would be deleted. A dry run only says
 * so of a path: nothing goes by it.
 */
async function needKnown(
  index: FolderIndex,
  { name, under, at, time, dryRun }: { name: string; under: string; at: number; time: string; dryRun: boolean },
): Promise<void> {
  const isKnown = async (until: number | null): Promise<boolean> =>
    (await index.timeline({ under, author: null, until, before: '', limit: 1 })).changes.length > 0
  if (await isKnown(at + 1)) return
  const word = shellWord(name)
  if (under === '')
    throw new HoldfastError('not-found', `nothing is known of ${name} at ${time}`, {
      reason: 'nothing-then',
      values: { folder: name, path: '', time },
      hint: `choose a later time: holdfast ls ${word} --at TIME shows what there was`,
    })
  if (!(await isKnown(null)))
    throw new HoldfastError('not-found', `nothing was ever known of ${under} in ${name}`, {
      reason: 'never-known',
      values: { path: under, folder: name },
      hint: `holdfast ls ${word} --deleted --recursive shows what there is, and was`,
    })
  if (dryRun) return
  const target = shellWord(`${name}/${under}`)
  throw new HoldfastError('not-found', `nothing is known of ${under} in ${name} at ${time}`, {
    reason: 'nothing-then',
    values: { folder: name, path: under, time },
    hint: `choose a later time: holdfast ls ${target} --at TIME shows what there was; holdfast rm ${target} --recursive deletes it`,
  })
}

function wordsFor(target: string, time: string, to: string | null): RestoreWords {
  const [word, at] = [shellWord(target), shellWord(time)]
  const restore = `holdfast restore ${word} --at ${at} --recursive${to === null ? '' : ` --to ${shellWord(to)}`}`
  return {
    command: 'restore',
    state: `as it was at ${time}`,
    another: `holdfast get ${word} DIRECTORY --recursive --at ${at}`,
    rest: `${restore} --partial restores the rest, --dry-run lists what is missing`,
  }
}

/** No command takes such a moment. */
function momentWords(target: string): RestoreWords {
  const word = shellWord(target)
  return {
    command: 'restore',
    state: 'as it was then',
    another: `holdfast get ${word} DIRECTORY --recursive --at TIME`,
    rest: 'what can be had is restored file by file: holdfast versions TARGET',
  }
}
