import { errnoOf, type Clock } from '#base'
import { archivePlace, readArchivePlace, type ArchivePlace } from './archive-name.ts'
import { copyFile } from './copy-file.ts'
import { isWithoutLinks, kindOf, type FileStat, type Survey } from './filesystem.ts'
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

  /** Makes the directory that `take` needs, durable with the tree's next flush. */
  makeRoom(path: string, id: string): void {
    this.#tree.make(inArchive(archivePlace(path, id, this.#clock.now()).directory))
  }

  /**
   * Moves a file or link into the archive, in one step. The directory there is to be durable before: not every disk loses, with a
   * directory, the names that were put into it, and the file would then be nowhere.
   */
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

/** Removes directories in which nothing is. */
export function removeEmptyDirectories(tree: Tree): void {
  removeEmpty(tree, '')
}

function walk(tree: Tree, directory: string, visit: (place: ArchivePlace, stat: FileStat) => void): void {
  for (const { name, stat } of entriesOf(tree, directory)) {
    if (kindOf(stat) === 'directory') walk(tree, directory === '' ? name : `${directory}/${name}`, visit)
    else visit({ directory, file: name }, stat)
  }
}

function removeEmpty(tree: Tree, directory: string): void {
  for (const { name, stat } of entriesOf(tree, directory)) {
    if (kindOf(stat) !== 'directory') continue
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

function entriesOf(tree: Tree, directory: string): { name: string; stat: FileStat }[] {
  const path = inArchive(directory)
  try {
    const { names, found } = surveyed(tree, path)
    return names.flatMap((name, at) => {
      const stat = found[at]
      return stat === null || stat === undefined || stat instanceof Error ? [] : [{ name, stat }]
    })
  } catch (error) {
    // The rest of the archive is worth knowing all the same.
    if (isMissing(error) || errnoOf(error) === 'ENAMETOOLONG') return []
    throw error
  }
}

/** The archive's paths may be longer than a system takes in one piece: those are gone along name by name. */
function surveyed(tree: Tree, path: string): Pick<Survey, 'names' | 'found'> {
  try {
    const survey = tree.fs.survey(tree.root, path)
    if (!survey.found.some((stat) => errnoOf(stat) === 'ENAMETOOLONG')) return survey
  } catch (error) {
    if (errnoOf(error) !== 'ENAMETOOLONG') throw error
  }
  const dir = tree.dir(path)
  const names = tree.fs.list(dir)
  return { names, found: names.map((name) => tree.fs.stat(dir, name) ?? null) }
}

export function inArchive(directory: string): string {
  return directory === '' ? ARCHIVE : `${ARCHIVE}/${directory}`
}
