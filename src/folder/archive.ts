import type { Clock } from '#base'
import { archivePlace, readArchivePlace, type ArchivePlace } from './archive-name.ts'
import { copyFile } from './copy-file.ts'
import { isWithoutLinks, kindOf, type FileStat } from './filesystem.ts'
import type { ArchiveEntry } from './folder-disk.ts'
import { ARCHIVE, isMissing, type Place, type Tree } from './tree.ts'

/** Something in the archive. */
export interface Kept {
  place: ArchivePlace
  entry: ArchiveEntry
}

/** What sync replaces or deletes goes here first. */
export class Archive {
  readonly #tree: Tree
  readonly #clock: Clock

  constructor(tree: Tree, clock: Clock) {
    this.#tree = tree
    this.#clock = clock
  }

  /**
   * Gives a file a second name in the archive, so that it outlives what comes to its place, and so does what a program that
   * has it open writes later. A copy where the disk has no hard links; of a link, which is small, always. The file's change
   * time may be another afterwards. Durable with the tree's next flush.
   */
  keep(path: string, stat: FileStat, id: string): Kept {
    const { fs } = this.#tree
    const from = this.#tree.place(path)
    const { kept, to } = this.#prepare(path, stat, id)
    if (kindOf(stat) === 'symlink') {
      fs.symlink(to.dir, to.name, fs.readlink(from.dir, from.name))
    } else {
      try {
        fs.link(from.dir, from.name, to.dir, to.name)
      } catch (error) {
        if (!isWithoutLinks(error)) throw error
        this.#tree.touchFile(copyFile(fs, from, to))
      }
    }
    this.#tree.touch(to.dir)
    return kept
  }

  /** Moves a file or link into the archive, in one step. */
  take(path: string, stat: FileStat, id: string): Kept {
    const from = this.#tree.place(path)
    const { kept, to } = this.#prepare(path, stat, id)
    this.#tree.fs.rename(from.dir, from.name, to.dir, to.name)
    this.#tree.touch(from.dir)
    this.#tree.touch(to.dir)
    return kept
  }

  /** What is in the archive under that name now. */
  find({ place }: Kept): { at: Place; stat: FileStat | undefined } {
    const at = { dir: this.#tree.dir(inArchive(place.directory)), name: place.file }
    return { at, stat: this.#tree.fs.stat(at.dir, at.name) }
  }

  /** What was kept is in its place still: lets go of it here. */
  drop(kept: Kept): void {
    const { at } = this.find(kept)
    this.#tree.fs.unlink(at.dir, at.name)
  }

  /** A name that is free: the same version may go twice in one millisecond, and nothing in the archive is ever replaced. */
  #prepare(path: string, stat: FileStat, id: string): { kept: Kept; to: Place } {
    for (let time = this.#clock.now(); ; time++) {
      const place = archivePlace(path, id, time)
      const to = { dir: this.#tree.make(inArchive(place.directory)), name: place.file }
      if (this.#tree.fs.stat(to.dir, to.name) === undefined)
        return { kept: { place, entry: entryOf(place, path, time, stat) }, to }
    }
  }
}

function entryOf({ directory, file }: ArchivePlace, path: string, time: number, { size }: FileStat): ArchiveEntry {
  return { name: directory === '' ? file : `${directory}/${file}`, path, time, size }
}

/** All that is in the archive, newest first. */
export function listArchive(tree: Tree): ArchiveEntry[] {
  const entries: ArchiveEntry[] = []
  walk(tree, '', (place, stat) => {
    const known = readArchivePlace(place)
    if (known !== undefined) entries.push(entryOf(place, known.path, known.time, stat))
  })
  return entries.sort((a, b) => b.time - a.time || (a.name < b.name ? -1 : 1))
}

/** Drops what was archived before `before` (ms), and directories that are empty then; returns how many files. */
export function expireArchive(tree: Tree, before: number): number {
  let dropped = 0
  walk(tree, '', (place) => {
    const known = readArchivePlace(place)
    if (known === undefined || known.time >= before) return
    tree.fs.unlink(tree.dir(inArchive(place.directory)), place.file)
    dropped++
  })
  removeEmpty(tree, '')
  return dropped
}

function walk(tree: Tree, directory: string, visit: (place: ArchivePlace, stat: FileStat) => void): void {
  let survey
  try {
    survey = tree.fs.survey(tree.root, inArchive(directory))
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  for (const [at, name] of survey.names.entries()) {
    const stat = survey.found[at]
    if (stat === null || stat === undefined || stat instanceof Error) continue
    if (kindOf(stat) !== 'directory') {
      visit({ directory, file: name }, stat)
      continue
    }
    walk(tree, directory === '' ? name : `${directory}/${name}`, visit)
  }
}

function removeEmpty(tree: Tree, directory: string): void {
  const { names, found } = tree.fs.survey(tree.root, inArchive(directory))
  for (const [at, name] of names.entries()) {
    const stat = found[at]
    if (stat === null || stat === undefined || stat instanceof Error || kindOf(stat) !== 'directory') continue
    const below = directory === '' ? name : `${directory}/${name}`
    removeEmpty(tree, below)
    try {
      tree.fs.rmdir(tree.dir(inArchive(directory)), name)
      tree.forget(inArchive(below))
    } catch {
      // It holds something: no harm in it.
    }
  }
}

export function inArchive(directory: string): string {
  return directory === '' ? ARCHIVE : `${ARCHIVE}/${directory}`
}
