import { threadId } from 'node:worker_threads'
import { errnoOf } from '#base'
import { OWN_DIRECTORY } from '#model'
import type { ScanResult } from './folder-disk.ts'
import { MARKER } from './marker.ts'
import { TMP, type Tree } from './tree.ts'
import { readWhole, writeWhole } from './whole-file.ts'

export const BOUNDARIES = `${OWN_DIRECTORY}/mounts.json`
const BOUNDARIES_NAME = 'mounts.json'
/** In `tmp/`, with the thread's number: a scan writes it while the stage may be cleaned, which leaves it alone. */
export const STAGED_BOUNDARIES = '~mounts'
const MAX_BYTES = 1024 * 1024
/** Of the file's format; what a reader does not know it passes over. */
const VERSION = 1

type Found = Pick<ScanResult, 'vanished' | 'problems'>

/**
 * Tells what is gone because another disk is no longer mounted where one was: what was tracked there may be on it. So the places
 * where other disks are mounted are remembered, also for the next start, until nothing is missing there. Where one was mounted
 * while the tree was looked at, what it hides is no more gone than that.
 */
export async function partUnmounted(
  tree: Tree,
  { vanished, problems }: Found,
  isWhole: boolean,
): Promise<Pick<ScanResult, 'vanished' | 'unmounted'>> {
  const known = readBoundaries(tree)
  const mounted = problems.flatMap(({ path, code }) => (code === 'device-boundary' ? [path] : []))
  const places = vanished.length === 0 ? known : [...known, ...tree.fs.mountPoints(tree.root)]
  const missing = new Set<string>()
  const unmounted = vanished.filter((path) => {
    const at = places.find((place) => isWithin(path, place))
    if (at !== undefined) missing.add(at)
    return at !== undefined
  })
  // Of what could not be looked at it is not known whether anything is missing there.
  const kept = isWhole ? known.filter((place) => problems.some(({ path }) => isWithin(place, path))) : known
  const now = [...new Set([...kept, ...missing, ...mounted])].sort()
  if (now.join('\0') !== known.join('\0')) await writeBoundaries(tree, now)
  const parted = new Set(unmounted)
  return { vanished: vanished.filter((path) => !parted.has(path)), unmounted }
}

function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`)
}

function readBoundaries(tree: Tree): string[] {
  try {
    if (tree.stat(BOUNDARIES) === undefined) return []
    const bytes = readWhole(tree.fs, tree.dir(OWN_DIRECTORY), BOUNDARIES_NAME, MAX_BYTES)
    const { version, paths } = JSON.parse(Buffer.from(bytes).toString()) as { version?: unknown; paths?: unknown }
    return version === VERSION && Array.isArray(paths) ? paths.filter((path) => typeof path === 'string').sort() : []
  } catch (error) {
    if (errnoOf(error) === undefined && !(error instanceof SyntaxError)) throw error
    return []
  }
}

/** What cannot be written now is written after the next scan. */
async function writeBoundaries(tree: Tree, paths: string[]): Promise<void> {
  if (tree.stat(MARKER) === undefined) return
  try {
    const name = `${STAGED_BOUNDARIES}-${threadId}`
    await writeWhole(tree.fs, tree.make(TMP), name, Buffer.from(`${JSON.stringify({ version: VERSION, paths })}\n`))
    tree.fs.rename(tree.dir(TMP), name, tree.dir(OWN_DIRECTORY), BOUNDARIES_NAME)
    tree.touch(tree.dir(OWN_DIRECTORY))
    await tree.flush()
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
  }
}
