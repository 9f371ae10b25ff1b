import { HoldfastError, shellWord } from '#base'
import type { FolderIndex, PastVersion } from '#db'
import { findAnywhere, type ChunkSources } from '#exchange'
import {
  causesOf,
  hlcTime,
  isLive,
  pathKey,
  type Cause,
  type ChunkId,
  type ChunkList,
  type DeviceId,
  type Version,
  type VersionId,
} from '#model'
import { areAtHand } from './at-hand.ts'
import { bringChunks, canBeHad } from './bring.ts'
import { slices, unzip, within } from './chunk-slices.ts'
import { keepingOf, type Keeping, type KeepingParts } from './keeping.ts'
import { headsThen, shownOf, type Moment } from './moment.ts'
import { nowhere, OutOfReachError, whyGone } from './out-of-reach.ts'

/** Read at once. */
const READ_BYTES = 4 * 1024 * 1024
/** Entries listed in one call. */
const PAGE = 1_000
/** Paths whose versions are asked for at once: what is done with them may take long, and all else waits. */
const PATHS = 250

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
  /** Nothing is kept for it here any more, by policy or as it was found to be gone: what of its content is left may go at any time. */
  isForgotten: boolean
  /** It was held once, and is on no device any more. */
  isLost: boolean
  /** Why it is on no device, where it is forgotten for that: `lost` was given up since. */
  givenUp: 'lost' | 'never-kept' | null
}

/** A version whose content is wanted. */
type Wanted = Pick<PastVersion, 'version' | 'isForgotten' | 'isLost' | 'isGivenUp' | 'isNeverKept'>

export interface PastParts extends ChunkSources, KeepingParts {
  /** What the folder is called here. */
  name: string
  index: Pick<FolderIndex, 'versions' | 'versionsBelow' | 'listAt' | 'chunksOf'>
  /** A file's own chunks where the index lacks a piece of its manifest; rejects with `not-found` where it is nowhere to be had now. */
  fetchChunks(version: Version, signal: AbortSignal): Promise<ChunkList>
  /** Puts chunks, verified, into the store. */
  keep(chunks: readonly { id: ChunkId; bytes: Uint8Array }[]): Promise<void>
  /** Looks at how far the devices have come, for `isProtected`. */
  look(): Promise<void>
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
    const causes = causesOf(all.map(({ version }) => version))
    for (const [at, each] of all.entries()) {
      const { version, isHead, isForgotten } = each
      const { id, author: device, hlc, kind, size } = version
      entries.push({
        version: id,
        time: hlcTime(hlc),
        device,
        kind,
        size,
        cause: causes[at]!,
        state: await keepingOf(this.#parts, each, this.#areSources),
        isCurrent: isHead,
        isForgotten,
        isLost: each.isLost === true,
        givenUp: each.isNeverKept === true ? 'never-kept' : each.isGivenUp === true ? 'lost' : null,
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
      throw new HoldfastError('not-found', `there is ${what} ${path} in ${this.#parts.name}`, {
        reason: 'no-version',
        values: { path },
        hint,
      })
    }
    if (other !== undefined && 'id' in which)
      throw new HoldfastError('usage', `${which.id} begins the ids of several versions of ${path}`, { hint })
    return found
  }

  /** What a path is now: what shows there, the others of a conflict aside. Throws `not-found` where nothing is there. */
  async current(path: string): Promise<PastVersion> {
    const { name, index } = this.#parts
    const [found] = await index.listAt(path, Infinity, '', 1)
    const isThere = found !== undefined && pathKey(found.version.path) === pathKey(path)
    if (isThere && isLive(found.version)) return found
    const word = shellWord(`${name}/${path}`)
    throw isThere
      ? new HoldfastError('not-found', `${path} was deleted in ${name}`, {
          reason: 'deleted-now',
          values: { path, folder: name },
          hint: `holdfast versions ${word} lists what it was`,
        })
      : new HoldfastError('not-found', `there is no ${path} in ${name}`, {
          reason: 'no-entry',
          values: { path, folder: name },
          hint: `holdfast ls ${shellWord(name)} shows what there is`,
        })
  }

  /** What each path at or below `under` ('' = all) was at a time (ms), deleted ones as tombstones; sorted, those after `after`. */
  async *listAt(under: string, time: number, after = ''): AsyncGenerator<PastVersion> {
    for (let from = after; ;) {
      const page = await this.#parts.index.listAt(under, time, from, PAGE)
      yield* page
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return
      from = last.version.path
    }
  }

  /** All versions of each path at or below `under` ('' = all), path by path in their order; of each path the newest first; those after `after`. */
  async *histories(under: string, after = ''): AsyncGenerator<PastVersion[]> {
    for (let from = after; ;) {
      const page = await this.#parts.index.versionsBelow(under, from, PATHS)
      const last = page.at(-1)
      if (last === undefined) return
      yield* Map.groupBy(page, ({ version }) => pathKey(version.path)).values()
      from = last.version.path
    }
  }

  /** What each path at or below `under` showed at a moment, deleted ones as tombstones; sorted, those after `after`. */
  async *listThen(under: string, moment: Moment, after = ''): AsyncGenerator<PastVersion> {
    for await (const all of this.histories(under, after)) {
      const heads = headsThen(
        all.map(({ version }) => version),
        moment,
      )
      const shown = shownOf(heads)
      yield* all.filter(({ version }) => version === shown)
    }
  }

  /** For each of some versions: is all of its content on this device? That is so of what has none, too. */
  async areHere(versions: readonly Version[]): Promise<boolean[]> {
    const lists: (ChunkList | null)[] = []
    for (const { kind, manifest, chunks, path, id } of versions) {
      const own = kind === 'file' ? chunks : new Uint8Array(0)
      lists.push(manifest ? await this.#parts.index.chunksOf(path, id) : own)
    }
    const known = lists.map((list) => list ?? new Uint8Array(0))
    return (await areAtHand(this.#parts, known)).map((isHere, at) => isHere && lists[at] !== null)
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
  async needContent(past: Wanted, signal: AbortSignal): Promise<void> {
    const { version, isForgotten } = past
    if (isForgotten) return this.#recall(past, signal)
    if (version.kind !== 'file' || version.size === 0 || this.#areSources) return
    // However many devices keep it: those are away.
    const list = await this.#parts.index.chunksOf(version.path, version.id)
    if (list !== null && (await this.#isHere(list))) return
    throw new OutOfReachError(
      `not all of the content of ${version.path} as it was then is on this device, and no other device that may have it is connected`,
      version.path,
    )
  }

  /**
   * Puts into the store what of a version's content is not on this device: then it can be made again what a path is, whoever goes. Throws
   * `offline` where some of it is nowhere to be had now, `not-found` as `needContent` does.
   */
  async bringContent(past: Wanted, signal: AbortSignal): Promise<void> {
    const { version, isForgotten } = past
    if (isForgotten) return this.#recall(past, signal)
    if (version.kind !== 'file' || version.size === 0) return
    const list = await this.#chunks(version, signal)
    if (!(await bringChunks(this.#parts, list, false, signal))) throw nowhere(version)
  }

  /** Those of some entries whose content cannot be had now, as far as the first chunk of each tells that is not on this device. */
  async unavailable<T extends Pick<PastVersion, 'version'>>(entries: readonly T[], signal: AbortSignal): Promise<T[]> {
    const files = entries.filter(({ version: { kind, size } }) => kind === 'file' && size > 0)
    const lists: (ChunkList | null)[] = []
    for (const { version } of files) lists.push(await this.#chunksIfAny(version, signal))
    const found = await canBeHad(this.#parts, lists, signal)
    return files.filter((_, at) => found[at] !== true)
  }

  /**
   * A file's content, or the bytes `start` to before `end` of it, piece by piece, each verified. Throws `offline` where one is nowhere to
   * be had now.
   */
  async *read(version: Version, signal: AbortSignal, { start = 0, end = version.size } = {}): AsyncGenerator<Uint8Array> {
    const { list, offset } = within(await this.#chunks(version, signal), start, end)
    let at = offset
    for (const piece of slices(list, READ_BYTES)) {
      const { ids, lengths } = unzip(piece)
      for (const bytes of await findAnywhere(this.#parts, ids, lengths, signal)) {
        if (bytes === null) throw nowhere(version)
        const [from, to] = [Math.max(0, start - at), Math.min(bytes.length, end - at)]
        at += bytes.length
        yield from === 0 && to === bytes.length ? bytes : bytes.subarray(from, to)
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
      reason: 'never-known',
      values: { path, folder: this.#parts.name },
      hint: `holdfast ls ${shellWord(this.#parts.name)} --deleted --recursive shows what there is, and was`,
    })
  }

  /** Nobody needs to have what was forgotten: all of it is put into the store before it is counted on. */
  async #recall(past: Wanted, signal: AbortSignal): Promise<void> {
    const { version } = past
    const gone = (): HoldfastError =>
      new HoldfastError('not-found', `the content of ${version.path} as it was then is gone: ${whyGone(past)}`, {
        reason: 'content-gone',
        values: { path: version.path },
        hint: `holdfast versions ${shellWord(`${this.#parts.name}/${version.path}`)} shows which ones are kept`,
      })
    if (version.kind !== 'file') return
    const list = await this.#parts.index.chunksOf(version.path, version.id)
    if (list === null || !(await bringChunks(this.#parts, list, true, signal))) throw gone()
  }

  async #isHere(list: ChunkList): Promise<boolean> {
    return (await areAtHand(this.#parts, [list]))[0] === true
  }

  async #chunks(version: Version, signal: AbortSignal): Promise<ChunkList> {
    const list = await this.#chunksIfAny(version, signal)
    if (list !== null) return list
    throw new OutOfReachError(`it is not known yet what ${version.path} consisted of then`, version.path)
  }

  /** null: a part of its manifest is nowhere to be had now. */
  async #chunksIfAny(version: Version, signal: AbortSignal): Promise<ChunkList | null> {
    const list = await this.#parts.index.chunksOf(version.path, version.id)
    if (list !== null) return list
    return this.#parts.fetchChunks(version, signal).catch((error: unknown) => {
      signal.throwIfAborted()
      if (error instanceof HoldfastError && error.code === 'not-found') return null
      throw error
    })
  }
}
