import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom, type Clock } from '#base'
import { NodeFilesystem } from '#folder'
import { pathPlaces } from '../../src/folder/places.ts'
import { SimDisk, type SimDiskOptions } from '../simulator/sim-disk.ts'
import { SimFilesystem } from '../simulator/sim-filesystem.ts'
import type { Subject } from './filesystem-suite.ts'

/** A clock that stands a millisecond later at each look; timers ring at once. */
export function steppingClock(start = Date.UTC(2026, 0, 1)): Clock {
  let now = start
  return {
    now: () => now++,
    monotonic: () => now++,
    after(_ms, run) {
      queueMicrotask(run)
      return { cancel: () => undefined }
    },
  }
}

export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'holdfast-folder-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export function nodeSubject(): Subject {
  const { path, remove } = temporaryDirectory()
  return { fs: new NodeFilesystem(), root: path, close: remove }
}

/** As on systems without /proc: by names. */
export function namedSubject(): Subject {
  const { path, remove } = temporaryDirectory()
  return { fs: new NodeFilesystem(pathPlaces), root: path, close: remove }
}

export interface SimSubject extends Subject {
  disk: SimDisk
  fs: SimFilesystem
  clock: Clock
}

export function simSubject(options: Partial<SimDiskOptions> = {}, seed = 1): SimSubject {
  const clock = options.clock ?? steppingClock()
  const disk = new SimDisk({ random: seededRandom(seed), ...options, clock })
  const fs = new SimFilesystem(disk)
  fs.mkdir(fs.openRoot('/'), 'folder')
  disk.settle()
  const without = { hardLinks: options.hardLinks === false, caseSensitivity: options.foldsCase === true }
  return { fs, disk, clock, root: '/folder', without, close: () => undefined }
}

/** Like an NTFS or exFAT disk on Windows: folds case, no second names, busy files, forbidden names. */
export const windowsLike: Partial<SimDiskOptions> = { platform: 'windows', foldsCase: true, hardLinks: false }
/** Like APFS as macOS formats it. */
export const macosLike: Partial<SimDiskOptions> = { platform: 'macos', foldsCase: true }

/** The disks on which a folder must work, with what makes each a fresh one. */
export const SUBJECTS: [name: string, open: () => Subject][] = [
  ['of Node', nodeSubject],
  ['of Node by names', namedSubject],
  ['simulated', () => simSubject()],
  ['simulated like Windows', () => simSubject(windowsLike)],
  ['simulated like macOS', () => simSubject(macosLike)],
]
