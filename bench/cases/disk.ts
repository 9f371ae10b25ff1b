import { closeSync, lstatSync, openSync, readdirSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Case } from '../case.ts'
import { fillFile, flushDisk } from '../fill.ts'
import { drop, measureSync, type Pair } from '../stage.ts'
import { TREE, untilProtected } from '../store-pair.ts'

const FILE_BYTES = 4 << 20
/** The part of all bytes that is in one file. */
const LARGE_PART = 0.5
const EDITS = 20
/** So many edits of small files for one of the large one. */
const EDITS_OF_SMALL = 9
const EDIT_BYTES = 64 << 10
/** Two files and a block of each chunk, and what is needed beside. */
const MOST_COPIES = 3.1
/** Copies of what is edited, as both devices are to have its versions. */
const FACTOR = 2

/** Files of 4 MiB and a large one: what two devices that share them take of the disk, folders included, and what edits in place add. */
export const disk: Case = {
  name: 'disk',
  title: 'disk taken by two devices with all versions',
  async run(bench) {
    const { stage, sizes, tell } = bench
    const pair = await stage.pair('disk')
    const small = Math.ceil((sizes.shared * (1 - LARGE_PART)) / FILE_BYTES)
    const large = sizes.shared - small * FILE_BYTES
    tell('filling')
    const directory = stage.directoryFor('source')
    for (let at = 0; at < small; at++) fillFile(join(directory, `f${at}`), FILE_BYTES)
    fillFile(join(directory, 'large'), large)
    flushDisk()
    tell('Holdfast')
    await measureSync(pair, () => drop(pair.places[0], directory, TREE))
    await untilProtected(pair)
    const before = await usedBy(pair)
    const tree = join(pair.places[0], TREE)
    let added = 0
    for (let edit = 1; edit <= EDITS; edit++) {
      const isOfLarge = edit % (EDITS_OF_SMALL + 1) === 0
      const { chunkBytes } = await measureSync(pair, () =>
        isOfLarge ? overwrite(join(tree, 'large'), large) : overwrite(join(tree, `f${edit % small}`), FILE_BYTES),
      )
      added += chunkBytes
    }
    await untilProtected(pair)
    const after = await usedBy(pair)
    const limit = MOST_COPIES * sizes.shared
    return {
      seconds: null,
      bytes: sizes.shared,
      files: small + 1,
      devices: [],
      sentBytes: null,
      beside: [],
      targets: [
        { what: `${MOST_COPIES} times the files, once quiet`, measured: before.all, limit, unit: 'MiB' },
        {
          what: `and after ${EDITS} edits ${FACTOR} times what they added`,
          measured: after.all,
          limit: limit + FACTOR * added,
          unit: 'MiB',
        },
      ],
      figures: [
        { what: 'in folders before the edits', measured: before.folders, unit: 'MiB' },
        { what: 'in homes before the edits', measured: before.all - before.folders, unit: 'MiB' },
        { what: 'added by the edits', measured: added, unit: 'MiB' },
        { what: 'more in folders, archives included, after them', measured: after.folders - before.folders, unit: 'MiB' },
        { what: 'more in homes after them', measured: after.all - after.folders - (before.all - before.folders), unit: 'MiB' },
      ],
    }
  },
}

/** Some bytes in the middle of a file, in place. */
function overwrite(path: string, size: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, randomBytes(EDIT_BYTES), 0, EDIT_BYTES, Math.floor(size / 2))
  closeSync(file)
}

/** Once the archives have given up what the stores have; nobody waits here until that has rested. */
async function usedBy({ devices, places }: Pair): Promise<{ all: number; folders: number }> {
  for (const { client } of devices) {
    await client.configSet({ key: 'gc_grace', value: '0' })
    await client.gc({})
  }
  const folders = diskUse(...places)
  return { all: folders + diskUse(...devices.map(({ options }) => options.home)), folders }
}

/** Bytes that the disk has given to what is in some directories; a file of several names counts once. */
export function diskUse(...directories: readonly string[]): number {
  const seen = new Set<number>()
  let total = 0
  for (const directory of directories) {
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const { ino, blocks } = lstatSync(join(entry.parentPath, entry.name))
      if (seen.has(ino)) continue
      seen.add(ino)
      total += blocks * 512
    }
  }
  return total
}
