import { errnoOf, HoldfastError, messageOf, systemWords } from '#base'
import { baseName, isOwnName, joinPath, OWN_DIRECTORY, parentPath, pathFault, pathKey, tellApart, type StatRow } from '#model'
import { diskStat, kindOf, type FileStat, type Survey } from './filesystem.ts'
import type { ScanProblem, ScanRequest, ScanResult } from './folder-disk.ts'
import { widest } from './gatherer.ts'
import { IGNORE_FILE, readIgnoreRules, type IgnoreRules } from './ignore-rules.ts'
import { MARKER } from './marker.ts'
import { AGES } from './archive-ages.ts'
import { BOUNDARIES } from './boundaries.ts'
import { Snapshot } from './snapshot.ts'
import { TableWriter } from './table-writer.ts'
import { ARCHIVE, isMissing, TMP, type Tree } from './tree.ts'
import { findTwins, mayHaveTwin } from './twins.ts'

/** Paths up to here are short enough whatever their characters; longer ones are measured. */
const SURELY_SHORT = 1000
/** What is in Holdfast's own directory. */
const OWN_NAMES: ReadonlySet<string> = new Set([MARKER, TMP, ARCHIVE, AGES, BOUNDARIES].map(baseName))

export interface Scanned extends Omit<ScanResult, 'ignoreChanged' | 'unmounted'> {
  /** The ignore rules that were in force. */
  ignoreStamp: string
}

/**
 * Walks the tree, or the scopes, and compares it with the snapshot: stats only, no file is opened. About 4 µs an entry.
 *
 * Nothing counts as gone below what could not be looked at, on another disk, or while Holdfast's own marker is not where it
 * was when the walk began; nor what is ignored, or was behind another spelling of its name. The ancestors of a scope are
 * reported as changed unless the snapshot has them, because they may be new.
 */
export function scanTree(tree: Tree, request: ScanRequest, foldsCase: boolean): Scanned {
  return new Scanner(tree, request, foldsCase).run()
}

class Scanner {
  readonly #tree: Tree
  readonly #scopes: string[]
  readonly #foldsCase: boolean
  readonly #rules: IgnoreRules
  readonly #snapshot: Snapshot
  readonly #changed = new TableWriter()
  /** Ancestors of scopes that were looked at, and whether what is below them is looked at. */
  readonly #passed = new Map<string, boolean>()
  readonly #targets = new Map<string, string>()
  readonly #problems: ScanProblem[] = []
  #entries = 0

  constructor(tree: Tree, request: ScanRequest, foldsCase: boolean) {
    this.#tree = tree
    this.#scopes = widest(new Set(request.scopes ?? ['']))
    this.#foldsCase = foldsCase
    this.#rules = readIgnoreRules(tree)
    this.#snapshot = new Snapshot(request.snapshot)
  }

  run(): Scanned {
    const marker = this.#tree.stat(MARKER)?.ino
    const { fault } = this.#rules
    if (fault !== null && this.#scopes.some((scope) => scope === '' || scope === IGNORE_FILE))
      this.#problems.push({ path: IGNORE_FILE, code: 'ignore-rules', message: fault })
    for (const scope of this.#scopes) {
      if (scope === '') this.#children('', this.#tree.fs.survey(this.#tree.root, ''))
      else this.#scope(scope)
    }
    const { vanished, ignored } = this.#snapshot.unseen((path, isDirectory) => this.#rules.ignores(path, isDirectory))
    const ignoredGone = ignored.filter((path) => this.#isGone(path))
    if (vanished.length + ignoredGone.length > 0 && (marker === undefined || this.#tree.stat(MARKER)?.ino !== marker)) {
      throw new HoldfastError(
        'blocked',
        `the folder's marker ${MARKER} went away while it was looked at, so nothing is taken as deleted`,
        { reason: 'marker-lost' },
      )
    }
    return {
      changed: this.#changed.take(),
      targets: this.#targets,
      vanished,
      ignoredGone,
      problems: this.#problems,
      entries: this.#entries,
      ignoreStamp: this.#rules.stamp,
    }
  }

  #children(directory: string, { names, found, invalid }: Survey): void {
    const prefix = directory === '' ? '' : `${directory}/`
    const twins = findTwins(names, this.#foldsCase, (name) => this.#snapshot.has(prefix + name))
    for (const name of invalid)
      this.#problem(prefix + name, 'name', 'its name is not valid Unicode, so other disks cannot hold it')
    for (let at = 0; at < names.length; at++) {
      const name = names[at]!
      const stat = found[at]
      const path = prefix + name
      if (stat === null || stat === undefined || path === OWN_DIRECTORY) continue
      if (stat instanceof Error) this.#unreadable(path, stat)
      else this.#entry(path, stat, twins.get(name))
    }
  }

  /** Takes the entry in, with all below it. */
  #entry(path: string, stat: FileStat, twin: string | undefined): void {
    const kind = kindOf(stat)
    if (this.#rules.ignores(path, kind === 'directory')) return
    if (twin !== undefined) {
      const [own, other] = tellApart(baseName(path), twin)
      this.#problem(path, 'twin', `its name '${own}' differs from '${other}' beside it only in what not every disk keeps apart`)
      return
    }
    if (isOwn(baseName(path))) {
      this.#reserved(path, kind)
      return
    }
    const fault = path.length > SURELY_SHORT || isOwnName(baseName(path)) ? pathFault(path) : undefined
    if (fault !== undefined) {
      this.#problem(path, 'name', `it cannot be carried: ${fault}`)
    } else if (this.#tree.isElsewhere(path, stat)) {
      this.#problem(path, 'device-boundary', 'another disk is mounted here; what is on it is left alone')
    } else if (kind === 'other') {
      this.#problem(path, 'special', 'it is a socket, a pipe or a device, which is not carried')
    } else if (kind === 'directory') {
      this.#directory(path, stat)
    } else if (kind === 'symlink') {
      this.#symlink(path, stat)
    } else {
      this.#see({ path, kind, stat: diskStat(stat) })
    }
  }

  /** Has the name of Holdfast's own directory. One of a folder inside this one is nothing to speak of; anything else is somebody's. */
  #reserved(path: string, kind: ReturnType<typeof kindOf>): void {
    try {
      if (kind === 'directory' && this.#tree.fs.list(this.#tree.dir(path)).every((name) => OWN_NAMES.has(name))) return
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return
    }
    this.#problem(path, 'name', `it is not carried: the name ${OWN_DIRECTORY} is kept for Holdfast's own directory`)
  }

  #directory(path: string, stat: FileStat): void {
    let survey: Survey
    try {
      survey = this.#tree.fs.survey(this.#tree.root, path)
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') this.#unreadable(path, error)
      return
    }
    this.#see({ path, kind: 'directory', stat: diskStat(stat) })
    this.#children(path, survey)
  }

  #symlink(path: string, stat: FileStat): void {
    const row: StatRow = { path, kind: 'symlink', stat: diskStat(stat) }
    if (this.#snapshot.see(path, row.kind, row.stat)) {
      this.#entries++
      return
    }
    try {
      const { dir, name } = this.#tree.place(path)
      this.#targets.set(path, this.#tree.fs.readlink(dir, name))
    } catch (error) {
      if (errnoOf(error) === 'EILSEQ') this.#problem(path, 'name', 'the path it points to is not valid Unicode')
      else if (errnoOf(error) !== 'ENOENT') this.#unreadable(path, error)
      return
    }
    this.#see(row)
  }

  #see(row: StatRow): void {
    this.#entries++
    if (this.#snapshot.see(row.path, row.kind, row.stat)) return
    this.#changed.add(row)
  }

  #scope(scope: string): void {
    if (!ancestors(scope).every((path) => this.#passes(path))) return
    for (const path of this.#spellings(scope)) {
      const stat = this.#look(path)
      if (stat !== undefined) this.#entry(path, stat, this.#twinOf(path))
    }
  }

  /** The path itself, and others like it beside it: whoever asks may know it in another normal form than the disk has it. */
  #spellings(path: string): string[] {
    const name = baseName(path)
    if (!mayHaveTwin(name, false)) return [path]
    try {
      const others = this.#siblings(path).filter((other) => other !== name && pathKey(other) === pathKey(name))
      return [path, ...others.map((other) => joinPath(parentPath(path), other))]
    } catch {
      return [path]
    }
  }

  /** An ancestor of a scope: it may be new, ignored, or in the way. True when what is below it is to be looked at. */
  #passes(path: string): boolean {
    let passes = this.#passed.get(path)
    if (passes === undefined) {
      passes = this.#ancestor(path)
      this.#passed.set(path, passes)
    }
    return passes
  }

  #ancestor(path: string): boolean {
    const stat = this.#look(path)
    if (stat === undefined) return false
    const twin = this.#twinOf(path)
    if (kindOf(stat) !== 'directory' || this.#tree.isElsewhere(path, stat) || twin !== undefined || isOwn(baseName(path))) {
      // As if it were a scope itself: what is there now, or why it is not carried.
      this.#entry(path, stat, twin)
      return false
    }
    if (this.#rules.ignores(path, true)) return false
    this.#see({ path, kind: 'directory', stat: diskStat(stat) })
    return true
  }

  #look(path: string): FileStat | undefined {
    const name = baseName(path)
    if (path === OWN_DIRECTORY) return undefined
    try {
      const stat = this.#tree.stat(path)
      // A disk that takes several spellings for one name has the entry only if it lists this very one.
      const isThere = stat !== undefined && (!mayHaveTwin(name, this.#foldsCase) || this.#siblings(path).includes(name))
      return isThere ? stat : undefined
    } catch (error) {
      if (!isMissing(error)) this.#unreadable(path, error)
      return undefined
    }
  }

  #isGone(path: string): boolean {
    try {
      return this.#tree.stat(path) === undefined
    } catch (error) {
      return isMissing(error)
    }
  }

  /** Of a lone path it is not known whether its twin is carried already: it gives way unless something of it is known. */
  #twinOf(path: string): string | undefined {
    const name = baseName(path)
    if (!mayHaveTwin(name, this.#foldsCase)) return undefined
    return findTwins(this.#siblings(path), this.#foldsCase, (other) => other !== name || this.#snapshot.hasWithin(path)).get(name)
  }

  #siblings(path: string): string[] {
    return this.#tree.fs.list(this.#tree.dir(parentPath(path)))
  }

  #unreadable(path: string, error: unknown): void {
    this.#problem(path, 'unreadable', `it cannot be read: ${systemWords(errnoOf(error), messageOf(error))}`)
  }

  #problem(path: string, code: ScanProblem['code'], message: string): void {
    this.#snapshot.hold(path)
    this.#problems.push({ path, code, message })
  }
}

/** The name of Holdfast's own directory, in whatever case. */
function isOwn(name: string): boolean {
  return name.length === OWN_DIRECTORY.length && name.toLowerCase() === OWN_DIRECTORY
}

function ancestors(path: string): string[] {
  const list: string[] = []
  for (let at = parentPath(path); at !== ''; at = parentPath(at)) list.unshift(at)
  return list
}
