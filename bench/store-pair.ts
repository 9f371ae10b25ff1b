import { mkdirSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Device } from '../scripts/device.ts'
import type { Bench, Sizes } from './case.ts'
import { fillDirectory, fillFile, flushDisk } from './fill.ts'
import { drop, FOLDER, measureSync, type Pair } from './stage.ts'

const SMALL_SIZES = [200, 20_000] as const
const TIMEOUT_SECONDS = 1_800

/** What kind of tree is kept. */
export interface Shape {
  name: 'small' | 'large'
  title: string
  files(sizes: Sizes): number
  /** Makes the tree as a new directory; returns its bytes. */
  fill(directory: string, sizes: Sizes): number
}

export const shapes: readonly Shape[] = [
  {
    name: 'small',
    title: 'small files of 200 B to 20 KB',
    files: ({ small }) => small,
    fill: (directory, { small }) => fillDirectory(directory, small, SMALL_SIZES),
  },
  {
    name: 'large',
    title: 'one large file of random bytes',
    files: () => 1,
    fill: (directory, { large }) => {
      mkdirSync(directory)
      fillFile(join(directory, 'large'), large)
      return large
    },
  },
]

/** A tree that is in no folder yet, on the disk. */
export interface Source {
  directory: string
  bytes: number
  files: number
}

/** What the shape's tree is called in the folder. */
export const TREE = 'tree'

export function source({ stage, sizes, tell }: Bench, shape: Shape): Source {
  tell('filling')
  const directory = join(stage.directoryFor('source'), TREE)
  const bytes = shape.fill(directory, sizes)
  flushDisk()
  return { directory, bytes, files: shape.files(sizes) }
}

/** Of one shape each: two devices that have the tree, all of it sealed and stored where it is to be. */
export function storePair(bench: Bench, shape: Shape): Promise<Pair> {
  return bench.stage.pair(pairOf(shape), async (pair) => {
    const { directory } = source(bench, shape)
    await measureSync(pair, () => drop(pair.places[0], directory, TREE))
    await untilProtected(pair)
  })
}

export function pairOf(shape: Shape): string {
  return `store-${shape.name}`
}

/** Resolves when both devices have in their stores all that they are to have. */
export async function untilProtected({ devices }: Pair): Promise<void> {
  await Promise.all(
    devices.map(({ client }) => client.wait({ folder: FOLDER, for: 'protected', timeoutSeconds: TIMEOUT_SECONDS })),
  )
}

/** What the stores of some devices have together. */
export async function stored(...devices: readonly Device[]): Promise<{ blocks: number; bytes: number }> {
  const all = await Promise.all(devices.map(async ({ client }) => (await client.status()).store))
  const sum = (numbers: readonly (number | null)[]): number => numbers.reduce<number>((total, each) => total + (each ?? 0), 0)
  return { blocks: sum(all.map(({ blocks }) => blocks)), bytes: sum(all.map(({ bytes }) => bytes)) }
}

/** Puts each file of a tree over the one of the same name in another, as programs that save by rename do. */
export function replaceFiles(tree: string, others: string): void {
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    renameSync(file, join(others, file.slice(tree.length)))
  }
}
