import { HoldfastError, shellWord } from '#base'
import type { FolderIndex, PastVersion } from '#db'
import { findAnywhere, findHere, type ChunkSources } from '#exchange'
import {
  byPrecedence,
  hlcTime,
  isLive,
  pathKey,
  sameContent,
  toHex,
  type ChunkId,
  type ChunkList,
  type DeviceId,
  type RecordPlace,
  type Version,
  type VersionId,
} from '#model'
import { slices, unzip } from './chunk-slices.ts'
import { headsThen, shownOf, type Moment } from './moment.ts'

/** Read at once. */
const READ_BYTES = 4 * 1024 * 1024
/** Entries listed in one call. */
const PAGE = 1_000
/** Paths whose versions are asked for at once: what is done with them may take long, and all else waits. */
const PATHS = 250

/** Why a version was written, as far as it tells: what stood before it at the path. */
export type Cause = 'added' | 'edited' | 'deleted' | 'restored'
/**
 * `protected`: all devices that are to have a version's content have it. Or does this device have what it has to have? If not: `at-risk` where the content is here all the same, or a
 * device is connected that may have it, else `incomplete`.
 */
export type Keeping = 'protected' | 'kept' | 'at-risk' | 'incomplete'

export interface PastEntry {
  version: VersionId
  /** ms, by the clock of its author. */
  time: number
  device: DeviceId
  kind: Version['kind']
  size: number
  cause: Cause
  state: Keeping
  /** It is what the path shows, or one of several in conflict. */
  isCurrent: boolean
  /** Nothing is kept for it here any more: what of its content is left may go at any time. */
  isForgotten: boolean
}

export interface PastParts extends ChunkSources {
  /** What the folder is called here. */
  name: string
  index: Pick<FolderIndex, 'versions' | 'versionsBelow' | 'listAt' | 'chunksOf'>
  /** Is this device done with keeping a version, whose chunks these are? */
  isKept(version: PastVersion, chunks: ChunkList): Promise<boolean>
  /** Puts chunks, verified, into the store. */
  keep(chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<void>
  /** Looks at how far the devices have come, for `isProtected`. */
  look(): Promise<void>
  /** Have all devices that hold it what they have to have of the version that stands there? */
  isProtected(place: RecordPlace): boolean
}

/** Which version: by the beginning of its id, or what the path was at a time, ms. */
export type Which = { id: string } | { at: number }

/** What a folder was: every version of every path, and its content as far as it can be had. */
export class Past {
  readonly #parts: PastParts

  constructor(parts: PastParts) {
    this.#parts = parts
  }

  /** The newest first; throws `not-found` where nothing ever was. */
  async versions(path: string): Promise<PastEntry[]> {
    const all = await this.#all(path)
    const entries: PastEntry[] = []
    await this.#parts.look()
    for (const [at, each] of all.entries()) {
      const { version, isHead, isForgotten } = each
      const older = all.slice(at + 1).map((other) => other.version)
      const { id, author: device, hlc, kind, size } = version
      entries.push({
        version: id,
        time: hlcTime(hlc),
        device,
        kind,
        size,
        cause: causeOf(version, older),
        state: await this.#keeping(each),
        isCurrent: isHead,
        isForgotten,
      })
    }
    return entries
  }

  /** Throws `not-found` where there is no such version, `usage` where an id fits several. */
  async version(path: string, which: Which): Promise<PastVersion> {
    const all = await this.#all(path)
    const fitting =
      'id' in which
        ? all.filter(({ version }) => version.id.startsWith(which.id))
        : all.filter(({ version }) => hlcTime(version.hlc) <= which.at).slice(0, 1)
    const [found, other] = fitting
    const hint = `holdfast versions ${shellWord(`${this.#parts.name}/${path}`)} lists them`
    if (found === undefined) {
      const what = 'id' in which ? `no version ${which.id} of` : `nothing known of that time of`
      throw new HoldfastError('not-found', `there is ${what} ${path} in ${this.#parts.name}`, { hint })
    }
    if (other !== undefined && 'id' in which)
      throw new HoldfastError('usage', `${which.id} begins the ids of several versions of ${path}`, { hint })
    return found
  }

  /** What each path at or below `under` ('' = all) was at a time (ms), deleted ones as tombstones; sorted. */
  async *listAt(under: string, time: number): AsyncGenerator<PastVersion> {
    for (let after = ''; ;) {
      const page = await this.#parts.index.listAt(under, time, after, PAGE)
      yield* page
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      after = last.version.path
    }
  }

  /** All versions of each path at or below `under` ('' = all), path by path in their order; of each path the newest first. */
  async *histories(under: string): AsyncGenerator<PastVersion[]> {
    for (let after = ''; ;) {
      const page = await this.#parts.index.versionsBelow(under, after, PATHS)
      const last = page.at(-1)
      if (last === undefined) return
      yield* Map.groupBy(page, ({ version }) => pathKey(version.path)).values()
      after = last.version.path
    }
  }

  /** What each path at or below `under` showed at a moment, deleted ones as tombstones; sorted. */
  async *listThen(under: string, moment: Moment): AsyncGenerator<PastVersion> {
    for await (const all of this.histories(under)) {
      const heads = headsThen(
        all.map(({ version }) => version),
        moment,
      )
      const shown = shownOf(heads)
      yield* all.filter(({ version }) => version === shown)
    }
  }

  /** Have all devices that hold the folder's content what they have to have of all up to a moment? */
  async isProtectedUpTo(moment: Moment): Promise<boolean> {
    await this.#parts.look()
    const { isProtected } = this.#parts
    return [...moment].every(([author, last]) => [...last].every(([epoch, seq]) => isProtected({ author, epoch, seq })))
  }

  /**
   * Throws `offline` where content of a version can be had neither here nor, as far as can be told, from a device connected. The content of
   * one that was forgotten is on this device then: all of it, or this throws `not-found`.
   */
  async needContent({ version, isForgotten }: Pick<PastVersion, 'version' | 'isForgotten'>, signal: AbortSignal): Promise<void> {
    if (isForgotten) return this.#recall(version, signal)
    if (version.kind !== 'file' || version.size === 0 || this.#areSources) return
    // However many devices keep it: those are away.
    const list = await this.#parts.index.chunksOf(version.path, version.id)
    if (list !== null && (await this.#isHere(list))) return
    throw new HoldfastError(
      'offline',
      `not all of the content of ${version.path} as it was then is on this device, and no other device of ${this.#parts.name} is connected`,
      { hint: 'connect a device that has it: holdfast devices shows them' },
    )
  }

  /** A file's content, piece by piece, each verified. Throws `offline` where one is nowhere to be had now. */
  async *read(version: Version, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const list = await this.#chunks(version)
    for (const piece of slices(list, READ_BYTES)) {
      const { ids, lengths } = unzip(piece)
      for (const bytes of await findAnywhere(this.#parts, ids, lengths, signal)) {
        if (bytes === null) {
          throw new HoldfastError('offline', `some content of ${version.path} as it was then is on no device that is connected`, {
            hint: 'connect the other devices of the folder, and try again',
          })
        }
        yield bytes
      }
    }
  }

  get #areSources(): boolean {
    return this.#parts.exchange.sources(this.#parts.folder) > 0
  }

  async #all(path: string): Promise<PastVersion[]> {
    const all = await this.#parts.index.versions(path)
    if (all.length > 0) return all
    throw new HoldfastError('not-found', `nothing was ever known of ${path} in ${this.#parts.name}`, {
      hint: `holdfast ls ${shellWord(this.#parts.name)} --deleted --recursive shows what there is, and was`,
    })
  }

  async #keeping(past: PastVersion): Promise<Keeping> {
    const { version } = past
    if (!past.isForgotten && this.#parts.isProtected(version)) return 'protected'
    if (version.kind !== 'file' || version.size === 0) return 'kept'
    const list = await this.#parts.index.chunksOf(version.path, version.id)
    if (past.isForgotten) return list !== null && (await this.#isHere(list)) ? 'at-risk' : 'incomplete'
    const areSources = this.#areSources
    if (list === null) return areSources ? 'at-risk' : 'incomplete'
    const isHere = await this.#isHere(list)
    if ((isHere || areSources) && (await this.#parts.isKept(past, list))) return 'kept'
    return isHere || areSources ? 'at-risk' : 'incomplete'
  }

  /** Nobody needs to have what was forgotten: all of it is put into the store before it is counted on. */
  async #recall(version: Version, signal: AbortSignal): Promise<void> {
    const { index, here, keep } = this.#parts
    const gone = (): HoldfastError =>
      new HoldfastError(
        'not-found',
        `${version.path} as it was then was forgotten by the retention policy, and its content is gone`,
        {
          hint: `holdfast versions ${shellWord(`${this.#parts.name}/${version.path}`)} shows which ones are kept`,
        },
      )
    if (version.kind !== 'file') return
    const list = await index.chunksOf(version.path, version.id)
    if (list === null) throw gone()
    for (const piece of slices(list, READ_BYTES)) {
      const { ids, lengths } = unzip(piece)
      const stored = await here.store?.lengths(ids)
      const lacking = lengths.flatMap((_, at) => ((stored?.[at] ?? null) === null ? [at] : []))
      const packed = Buffer.concat(lacking.map((at) => ids.subarray(at * 32, at * 32 + 32)))
      const fetched = await findAnywhere(
        this.#parts,
        packed,
        lacking.map((at) => lengths[at]!),
        signal,
      )
      const chunks = fetched.map((bytes, n) => {
        if (bytes === null) throw gone()
        return { id: toHex(packed.subarray(n * 32, n * 32 + 32)) as ChunkId, bytes }
      })
      if (chunks.length > 0) await keep(chunks)
    }
  }

  async #isHere(list: ChunkList): Promise<boolean> {
    for (const piece of slices(list, Infinity)) {
      const found = await findHere(this.#parts.here, unzip(piece).ids)
      if (found.some(({ length }) => length === 0)) return false
    }
    return true
  }

  async #chunks(version: Version): Promise<ChunkList> {
    const list = await this.#parts.index.chunksOf(version.path, version.id)
    if (list !== null) return list
    throw new HoldfastError('offline', `it is not known yet what ${version.path} consisted of then`, {
      hint: 'connect the other devices of the folder, and try again',
    })
  }
}

/** `older`: the versions before it, the newest first. */
function causeOf(version: Version, older: readonly Version[]): Cause {
  if (!isLive(version)) return 'deleted'
  const [before] = older.toSorted(byPrecedence)
  if (before === undefined) return 'added'
  if (older.some((each) => isLive(each) && each !== before && sameContent(each, version))) return 'restored'
  return isLive(before) ? 'edited' : 'added'
}
