import { HoldfastError, Queue, shellWord } from '#base'
import type { Restoration } from '#db'
import { isLive, mayWrite, pathKey, type DeviceId, type VersionId } from '#model'
import { emptyApplied } from './applier.ts'
import type { FolderSyncParts } from './folder-parts.ts'
import type { FolderWork } from './folder-work.ts'
import { needHealthy, pausedFault } from './need.ts'
import type { NewEntry, Put } from './put-entry.ts'
import type { Removed, RemoveOptions } from './remove-entries.ts'
import { resolveConflict, type Resolution } from './resolve-conflict.ts'
import { count } from './reasons.ts'

const PATHS_A_CALL = 1024

export interface ActionHooks {
  scan(): Promise<number>
  work(): Pick<FolderWork, 'scanner' | 'scans' | 'bringBack' | 'restore' | 'put' | 'remove'> | null
  /** There may be something to bring to the disk. */
  pull(): Promise<void>
  /** May edits be authored yet? */
  ready(): boolean
}

/** What only the user can decide about a folder. */
export class FolderActions {
  readonly #parts: FolderSyncParts
  readonly #hooks: ActionHooks
  /** Who comes second sees what the first has left. */
  readonly #settling = new Queue()

  constructor(parts: FolderSyncParts, hooks: ActionHooks) {
    this.#parts = parts
    this.#hooks = hooks
  }

  /** Deletions that wait for the user's word. */
  get held(): number {
    return this.#hooks.work()?.scans.held ?? 0
  }

  /** Lets the deletions that wait go ahead; resolves to how many. Where none wait, the next ones are not let through for it. */
  async approve(): Promise<number> {
    const work = this.#hooks.work()
    if (work === null || work.scans.held === 0) return 0
    const { held } = work.scans
    work.scanner.approve()
    await this.#hooks.scan()
    return held
  }

  /**
   * Brings back what the held deletions removed here, and what of their run was deleted elsewhere: it is fetched again. Resolves to
   * how many entries come. Throws `conflict` where none can.
   */
  async reject(): Promise<number> {
    const { disk, index } = this.#parts
    const work = this.#hooks.work()
    if (disk === null || work === null || work.scans.held === 0) return 0
    const found = await disk.scan({ snapshot: await index.snapshot(null), scopes: null })
    // The disk says it once, and the look that follows has to know.
    if (found.ignoreChanged) work.scanner.doubt({ areRules: true })
    const vanished = [...found.vanished, ...found.unmounted]
    await index.commit({ ...emptyApplied(), gone: vanished, again: vanished })
    const { live, deleters } = await this.#look([...new Set([...vanished, ...work.scanner.held])], new Set(vanished))
    const rewritten = await work.bringBack()
    await this.#hooks.scan()
    const comes = rewritten + live
    if (comes === 0 && deleters.length > 0) throw this.#tooLate(deleters)
    return comes
  }

  /** How many of the `missing` are deleted by nobody, and who deleted others of `paths`. */
  async #look(paths: readonly string[], missing: ReadonlySet<string>): Promise<{ live: number; deleters: DeviceId[] }> {
    let live = 0
    const deleters = new Set<DeviceId>()
    for (let at = 0; at < paths.length; at += PATHS_A_CALL) {
      for (const { path, heads } of await this.#parts.index.rows(paths.slice(at, at + PATHS_A_CALL))) {
        if (!heads.some(isLive)) for (const { author } of heads) deleters.add(author)
        else if (missing.has(path)) live++
      }
    }
    return { live, deleters: [...deleters] }
  }

  #tooLate(deleters: readonly DeviceId[]): HoldfastError {
    const { name, nameOf } = this.#parts
    const who = deleters.map(nameOf).join(' and ')
    return new HoldfastError('conflict', `${who} let the deletions of ${name} go out already, and this device cannot undo them`, {
      reason: 'deletions-gone',
      values: { folder: name },
      hint: `on a device that had the files still: holdfast folder archive ${shellWord(name)} lists them, with --restore NAME it brings one back`,
    })
  }

  /** Tries at once what was put off: the user may have mended what kept it. */
  async retry(): Promise<void> {
    await this.#parts.index.retry(null)
    await this.#hooks.pull()
  }

  /** Gives local edits up for the others' versions (they go to the archive); resolves to how many. */
  async revert(): Promise<number> {
    const count = await this.#parts.index.revertLocal()
    if (count > 0) await this.#hooks.pull()
    return count
  }

  /**
   * Makes paths again what they were, by new versions; what is there now goes to the archive. Edits on the disk that are not known yet are
   * noted before, and before `decide` says which paths. Resolves to the heads that they have then, as the index says them; the files may still be on their way.
   * `elsewhere`: what to do where this device may not write. Throws as `needDecided` does of `below`.
   */
  async restore(decide: () => Promise<readonly Restoration[]>, elsewhere: string, below: string): Promise<(VersionId | null)[]> {
    const { name, role } = this.#parts
    if (!mayWrite(role()))
      throw new HoldfastError('denied', `this device may not write in ${name} (its role there is ${role()})`, {
        reason: 'may-not-write',
        values: { folder: name },
        hint: `to have it elsewhere: ${elsewhere}`,
      })
    needPlace(this.#parts, `${elsewhere} writes it elsewhere; `)
    await needHealthy(this.#parts)
    await this.#hooks.scan()
    const work = this.#hooks.work()
    if (work === null) throw pausedFault(name)
    this.needDecided(below, elsewhere)
    return work.restore(await decide())
  }

  /**
   * Throws `held` where at, above or below a path ('' = everywhere) entries are missing on the disk whose deletion waits for the user's
   * word: the index has them still, so they are what nobody would bring back, and they would go all the same once they are approved.
   */
  needDecided(path: string, elsewhere: string): void {
    const { name } = this.#parts
    const held = this.#hooks.work()?.scanner.held ?? []
    if (!held.some((missing) => isWithin(missing, path) || isWithin(path, missing))) return
    const word = shellWord(name)
    throw new HoldfastError(
      'held',
      `${count(held.length, 'entry', 'entries')} of ${name} vanished here at once, and nothing is restored before you have decided about them`,
      {
        reason: 'held-first',
        values: { folder: name, entries: held.length },
        hint: `holdfast folder reject ${word} brings them back, holdfast folder approve ${word} deletes them everywhere; then repeat it. To have it elsewhere: ${elsewhere}`,
      },
    )
  }

  /** See putEntry; throws as #editable does. */
  async put(path: string, entry: NewEntry, signal: AbortSignal): Promise<Put> {
    return (await this.#editable()).put(path, entry, signal)
  }

  /** See removeEntries; throws as #editable does. */
  async remove(path: string, options: RemoveOptions, signal: AbortSignal): Promise<Removed> {
    return (await this.#editable()).remove(path, options, signal)
  }

  /** Throws `denied` where this device may not write, `unsupported` where it has no disk for the folder, `blocked` where it waits. */
  async #editable(): Promise<NonNullable<ReturnType<ActionHooks['work']>>> {
    const { name, role } = this.#parts
    if (!mayWrite(role()))
      throw new HoldfastError('denied', `this device may not write in ${name} (its role there is ${role()})`, {
        reason: 'may-not-write',
        values: { folder: name },
        hint: `on a device with the role sync: holdfast folder share ${shellWord(name)} DEVICE --role sync`,
      })
    needPlace(this.#parts)
    await needHealthy(this.#parts)
    const work = this.#hooks.work()
    if (work === null) throw pausedFault(name)
    if (this.#hooks.ready()) return work
    throw new HoldfastError('blocked', `${name} waits for another of its devices, to learn what there is`, {
      reason: 'not-compared',
      values: { folder: name },
      hint: 'connect one: holdfast devices shows them',
    })
  }

  /** See resolveConflict. Throws `conflict`, too, where another version came in that very moment and has taken the path. */
  resolve(resolution: Resolution): Promise<void> {
    return this.#settling.run(() => this.#resolve(resolution))
  }

  async #resolve(resolution: Resolution): Promise<void> {
    const { disk, index, clock, name, nameOf, role } = this.#parts
    needPlace(this.#parts)
    if (disk === null) return
    await needHealthy(this.#parts)
    const { path, dropped } = await resolveConflict({ index, disk, clock, scan: this.#hooks.scan, name, nameOf }, resolution)
    await this.#hooks.scan()
    const [row] = await index.rows([path])
    if (!mayWrite(role()) || row?.heads.some(({ id }) => dropped.includes(id)) !== true) return
    throw new HoldfastError('conflict', `another version of ${path} came at the same moment, and it is in conflict still`, {
      reason: 'conflict-anew',
      values: { path },
      hint: 'holdfast conflicts lists the versions; then repeat it',
    })
  }
}

/** Is a path another one or below it? '' is above all. */
function isWithin(path: string, above: string): boolean {
  const [key, under] = [pathKey(path), pathKey(above)]
  return under === '' || key === under || key.startsWith(`${under}/`)
}

/** What is written in a folder is written to its disk first. */
function needPlace({ disk, name }: Pick<FolderSyncParts, 'disk' | 'name'>, instead = ''): void {
  if (disk !== null) return
  const word = shellWord(name)
  throw new HoldfastError(
    'unsupported',
    `${name} is online-only on this device, and cannot be written to without a place on its disk`,
    { reason: 'online-only-here', values: { folder: name }, hint: `${instead}holdfast folder join ${word} PATH gives it one` },
  )
}
