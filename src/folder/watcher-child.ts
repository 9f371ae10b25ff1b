import { lstatSync, readdirSync, realpathSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { subscribe, type AsyncSubscription, type Event } from '@parcel/watcher'
import { every, systemClock } from '#base'
import type { WatchReport, WatchRequest } from './watch-protocol.ts'

// A process of its own, because the watching library has crashed its hosts; it holds nothing else, to be small.

const OWN = '.holdfast'
const MARKER = `${OWN}/marker.json`
/** Between two looks at whether a root's directory is still the one it was, ms: no event tells of all that can become of it. */
const LOOK_MS = 2_000
/** Entries created in one directory from which reading it is cheaper than looking at each. */
const MANY = 16
/** What the library says where the system gives no more watches (ENOSPC, EMFILE). */
const AT_LIMIT = /No space left|Too many open/

/** Electron's utility processes have this in place of `process.send`. */
interface ParentPort {
  on(name: 'message', listener: (event: { data: unknown }) => void): void
  postMessage(message: unknown): void
}

interface Watch {
  readonly root: string
  /** What `faceOf` gave last; '' when nothing is watched, because it is not there. */
  face: string
  /** A look is under way; one at a disk that does not answer takes its time. */
  isLooking: boolean
  subscription: AsyncSubscription | undefined
  /** Which of its two names the root is watched under. */
  isOther: boolean
}

const watches = new Map<number, Watch>()
/** Watches are put up and taken down one after another. */
let tail: Promise<void> = Promise.resolve()

const parentPort = (process as { parentPort?: ParentPort }).parentPort
if (parentPort !== undefined) parentPort.on('message', ({ data }) => take(data as WatchRequest))
else process.on('message', (message) => take(message as WatchRequest))
process.on('disconnect', () => process.exit())
// A signal to the whole group is meant for the daemon, which ends us when it is done.
process.on('SIGINT', () => undefined)
every(
  systemClock,
  LOOK_MS,
  () => watches.forEach((watch, id) => void look(id, watch)),
  () => undefined,
)

function take(request: WatchRequest): void {
  tail = tail.then(() => answer(request)).catch((error: unknown) => failed(request.id, error))
}

async function answer(request: WatchRequest): Promise<void> {
  const { id } = request
  const known = watches.get(id)
  if (request.do === 'unwatch') {
    watches.delete(id)
    await takeDown(known?.subscription)
    return
  }
  const watch = known ?? { root: request.root, face: '', isLooking: false, subscription: undefined, isOther: false }
  watches.set(id, watch)
  const old = watch.subscription
  watch.face = await faceOf(watch.root)
  if (watch.face === '') {
    watch.subscription = undefined
    report({ is: 'away', id })
    await takeDown(old)
    return
  }
  if (old !== undefined) watch.isOther = !watch.isOther
  const path = realpathSync(watch.root)
  const root = watch.isOther ? otherName(path) : path
  // The library keeps one list of directories for each name of a root while it is watched: only under another name does it
  // look for new ones, and so there is no gap between the two.
  const subscription = await putUp(id, root)
  if (subscription === undefined) return
  watch.subscription = subscription
  report({ is: 'watching', id })
  await takeDown(old)
}

async function look(id: number, watch: Watch): Promise<void> {
  if (watch.isLooking) return
  watch.isLooking = true
  const before = watch.face
  const face = await faceOf(watch.root)
  watch.isLooking = false
  if (watch.face !== before || face === before) return
  watch.face = face
  report({ is: 'altered', id })
}

/** Another one when another directory is at the path, or when it has another marker or none; '' when no directory is there. */
async function faceOf(root: string): Promise<string> {
  try {
    const directory = await stat(root, { bigint: true })
    const marker = await stat(join(root, MARKER), { bigint: true }).catch(() => undefined)
    return directory.isDirectory() ? `${directory.dev} ${directory.ino} ${marker?.mtimeNs}` : ''
  } catch {
    return ''
  }
}

/**
 * Fails, for one, where a directory goes while it is being put up. The library keeps the watches it had come to, and its list of
 * directories with the one that has gone: under that name of the root it would fail for ever.
 */
async function putUp(id: number, root: string): Promise<AsyncSubscription | undefined> {
  try {
    return await subscribe(root, (error, events) => (error ? failed(id, error) : changed(id, root, events)), {
      ignore: [OWN],
      // Or else it looks for a Watchman first, which a user may run for other programs, and which sees other things.
      ...(process.platform === 'linux' && { backend: 'inotify' as const }),
    })
  } catch (error) {
    failed(id, error)
    // A new process would want the same watches once more, and at the system's limit take them from the other roots.
    if (!AT_LIMIT.test(String(error))) report({ is: 'worn' })
    return undefined
  }
}

/** Stops at a directory that has gone without the library's notice, as from a tree that was moved; then the others stay watched. */
async function takeDown(subscription: AsyncSubscription | undefined): Promise<void> {
  await subscription?.unsubscribe().catch(() => report({ is: 'worn' }))
}

/** Elsewhere the system itself watches all that is below, and nothing is missed. */
function otherName(root: string): string {
  return process.platform === 'linux' ? `/proc/self/root${root}` : root
}

function failed(id: number, error: unknown): void {
  report({ is: 'failed', id, message: error instanceof Error ? error.message : String(error) })
}

function changed(id: number, root: string, events: readonly Event[]): void {
  const paths = new Set<string>()
  const directories = new Set<string>()
  const created: string[] = []
  let areGone = true
  const prefix = root.endsWith(sep) ? root : root + sep
  for (const { path, type } of events) {
    // The root's own end: it was moved or deleted, and is watched no more, even if it is back by now.
    if (path === root && type === 'delete') report({ is: 'altered', id })
    if (!path.startsWith(prefix)) continue
    const relative = path.slice(prefix.length).replaceAll(sep, '/')
    if (relative === OWN || relative.startsWith(`${OWN}/`)) continue
    paths.add(relative)
    if (type === 'create') created.push(relative)
    if (type !== 'delete') areGone = false
  }
  for (const relative of directoriesOf(root, created)) directories.add(relative)
  if (paths.size > 0) report({ is: 'changed', id, paths: [...paths], directories: [...directories], areGone })
}

/** Which of the created paths are directories: where many came to one place, one look at it tells. */
function directoriesOf(root: string, created: readonly string[]): string[] {
  const byParent = new Map<string, string[]>()
  for (const path of created) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    const siblings = byParent.get(parent)
    if (siblings === undefined) byParent.set(parent, [path])
    else siblings.push(path)
  }
  return [...byParent].flatMap(([parent, paths]) => {
    if (paths.length < MANY) return paths.filter((path) => isDirectory(join(root, path)))
    const names = new Set(subdirectories(join(root, parent)))
    return paths.filter((path) => names.has(path.slice(path.lastIndexOf('/') + 1)))
  })
}

function subdirectories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  } catch {
    return []
  }
}

function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory()
  } catch {
    return false
  }
}

function report(message: WatchReport): void {
  if (parentPort !== undefined) parentPort.postMessage(message)
  // The daemon may be ending: nobody is left then who would want to hear of that.
  else if (process.connected) process.send?.(message, undefined, undefined, () => undefined)
}
