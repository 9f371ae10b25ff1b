import { ContentHasher, readBytes } from '#content'
import { decodeFrame, readDropList } from '#exchange'
import { sameBytes, tableKind, tablePaths, tableStat, type StatTable } from '#model'
import { decodeMessage } from '#sync'
import { diskStat } from '../../src/folder/filesystem.ts'
import { sameEntry } from '../../src/folder/expected.ts'
import { layoutsOf } from './check-layout.ts'
import { checkClaims } from './check-store.ts'
import type { Cluster } from './cluster.ts'
import { archivedContents, contentsOf, look, readFile, within, type Entry, type Tree } from './look.ts'
import { ROOT, type SimDevice } from './sim-device.ts'
import { SimFailure } from './sim-failure.ts'

/** Frames by which devices that hold blocks are asked what they have, and answer. */
const QUESTIONS = [
  'summarize',
  'summaries',
  'has',
  'here',
  'blocks',
  'sealed',
  'list',
  'listed',
  'dropped',
  'segments',
  'named',
] as const

let hasher: ContentHasher | undefined

export function treeOf(device: SimDevice): Tree {
  return look(device.disk.raw, ROOT)
}

/**
 * After a crash, before the engine runs again: every file has a content that some user wrote (promise 3), what had to be there is
 * (promise 1), and what the index says of the disk is so, or the disk's stat shows that it is not (promise 4).
 */
export async function checkCrashed(cluster: Cluster, device: SimDevice, power: boolean): Promise<void> {
  const { contents } = cluster
  if (device.missing === 'root') device.bringBack()
  const tree = treeOf(device)
  for (const [path, { kind, content, ino, size }] of tree) {
    if (content === null) continue
    if (power && kind === 'file' && device.hand.loose.has(ino)) {
      // Written without a flush: it may hold anything now. Users save it again, or their stat would hide it from everybody.
      contents.torn(device.name, path, content, size)
      device.hand.touch(path)
    } else if (contents.known(content) === undefined) {
      throw new SimFailure(`promise 3: after a crash of ${device.name}, ${path} (${size} bytes) holds what no user wrote`)
    }
  }
  const here = contentsOf(tree)
  if (power) {
    contents.cut(device.name, tree)
    device.hand.loose.clear()
  }
  checkOwed(contents, device, here)
  await checkClaims(cluster, device)
  await checkIndex(device, treeOf(device))
}

function checkOwed(contents: Cluster['contents'], device: SimDevice, here: ReadonlySet<string>): void {
  const missing = [...contents.owed(device.name)].filter((key) => !here.has(key))
  if (missing.length === 0) return
  const archive = archivedContents(device.disk.raw, ROOT)
  for (const key of missing) {
    if (!archive.has(key))
      throw new SimFailure(
        `promise 1: ${contents.describe(key)} is neither in the tree of ${device.name} nor in its archive, and no user took it away`,
      )
  }
}

async function checkIndex(device: SimDevice, tree: Tree): Promise<void> {
  const { facade } = device.core
  const table: StatTable = await facade.snapshot(null)
  const paths = tablePaths(table)
  const same = paths.filter((path, at) => {
    const entry = tree.get(path)
    if (entry === undefined || entry.kind !== 'file') return false
    return sameEntry(tableKind(table, at), tableStat(table, at), entry.kind, statOf(device, path))
  })
  for (const path of same) {
    const rows = await facade.rows([path])
    const shown = rows.flatMap((row) => row.shown).find((entry) => entry.path === path)
    if (shown === undefined || shown.kind !== 'file') continue
    const bytes = bytesAt(device, path)
    hasher ??= new ContentHasher()
    const { chunks } = hasher.hash(readBytes(bytes), device.keys, shown.chunker as 0 | 1 | 2 | 3)
    if (!sameBytes(chunks, shown.chunks))
      throw new SimFailure(
        `promise 4: the index of ${device.name} says of ${path} what is not there, and its stat does not show it`,
      )
  }
}

/** When all is quiet: all trees are the same (promise 2), and nothing is lost (promise 1) that no user gave up. */
export async function checkQuiet({ contents, devices }: Cluster): Promise<void> {
  const [first, ...others] = devices.map((device) => ({ device, tree: treeOf(device) }))
  if (first === undefined) return
  await ignoreImplicitModes(
    first.device,
    [first, ...others].map(({ tree }) => tree),
  )
  for (const other of others) {
    const difference = differenceOf(first.tree, other.tree)
    if (difference !== null) throw new SimFailure(`promise 2: ${first.device.name} and ${other.device.name} differ ${difference}`)
  }
  const here = contentsOf(first.tree)
  for (const key of contents.live) {
    if (!here.has(key))
      throw new SimFailure(`promise 1: ${contents.describe(key)} is shown nowhere, and no user edited or deleted it`)
  }
  for (const { device, tree } of [first, ...others]) {
    for (const [path, { content, size }] of tree) {
      if (content !== null && contents.known(content) === undefined)
        throw new SimFailure(`promise 3: ${path} (${size} bytes) on ${device.name} holds what no user wrote`)
    }
    checkOwed(contents, device, contentsOf(tree))
  }
}

/** A directory that has no record, and is there only for what is below it, has the mode that it happened to have. */
async function ignoreImplicitModes(device: SimDevice, trees: Tree[]): Promise<void> {
  const directories = [...trees[0]!].flatMap(([path, { kind }]) => (kind === 'directory' ? [path] : []))
  for (const { path, heads } of await device.core.facade.rows(directories)) {
    if (heads.some(({ kind }) => kind === 'directory')) continue
    for (const tree of trees)
      for (const [name, entry] of tree)
        if (name.normalize('NFC') === path.normalize('NFC') && entry.kind === 'directory') entry.mode = 0
  }
}

/**
 * A further look at everything and a new connection to everybody change nothing, and nothing but states is sent. Devices leave it to one another for
 * some seconds to make a layout: one that was due when all came to rest may come meanwhile, and what it moves; but no second one. Nor more than one
 * housekeeping, which has its hour, and tells devices that hold blocks what they need no longer.
 */
export async function checkNothingNew(cluster: Cluster, ms: number, isAnyDue = true): Promise<void> {
  const { devices, network } = cluster
  const before = devices.map(treeOf)
  const layouts = layoutsOf(cluster)
  const kept = await housekeptBy(cluster)
  const have = await Promise.all(devices.map(async ({ core }) => JSON.stringify(await core.facade.have())))
  const isAnyLost = devices.some(({ upkeep }) => (upkeep?.keeping.lost ?? 0) > 0)
  let sent: string | null = null
  network.tap = (name, from, to, bytes) => {
    if (!isQuestion(name, bytes) && !(isAnyLost && isInVain(name, bytes)))
      sent ??= `${name} message of ${bytes.length} bytes from ${from.slice(-4)} to ${to.slice(-4)}`
  }
  for (const [a, b] of cluster.pairs()) network.drop(a.id, b.id, false)
  await cluster.done(Promise.all(devices.map(({ folder }) => folder!.scan())), 'a scan of all')
  await cluster.settle(ms)
  if (layouts !== layoutsOf(cluster) || kept !== (await housekeptBy(cluster))) {
    if (!isAnyDue) throw new SimFailure('promise 2: all was quiet, and a further sync made another layout, or kept house again')
    await cluster.protect(ms)
    await cluster.settle(ms)
    return checkNothingNew(cluster, ms, false)
  }
  if (sent !== null) throw new SimFailure(`promise 2: all was quiet, and a further sync sent a ${sent as string}`)
  for (const [at, device] of devices.entries()) {
    const difference = differenceOf(before[at]!, treeOf(device))
    if (difference !== null) throw new SimFailure(`promise 2: a further sync changed ${device.name} ${difference}`)
    if (have[at] !== JSON.stringify(await device.core.facade.have()))
      throw new SimFailure(`promise 2: a further sync wrote records on ${device.name}`)
    const outside = [...look(device.disk.raw, '/')].filter(
      ([path]) => !path.startsWith('home/folder/') && path !== 'home' && path !== 'home/folder',
    )
    if (outside.length > 0) throw new SimFailure(`promise 6: ${outside[0]![0]} was written outside the folder of ${device.name}`)
  }
}

/** When each device kept house last. */
async function housekeptBy(cluster: Cluster): Promise<string> {
  const last = cluster.devices.map(async ({ upkeep }) => await upkeep?.housekeeping.last())
  let told: unknown
  await cluster.done(
    Promise.all(last).then((times) => (told = times)),
    'when house was kept',
  )
  return JSON.stringify(told)
}

/** Who has just connected says how far it is, and asks those that hold blocks what they have. */
function isQuestion(name: string, bytes: Uint8Array): boolean {
  if (name === 'group') return true
  if (name === 'index') return decodeMessage(bytes).type === 'state'
  const frame = decodeFrame(bytes)
  // That says how far it has seen, and of no chunk what is to become of it.
  if ('drop' in frame) return readDropList(frame.drop.list).ids.length === 0
  return QUESTIONS.some((kind) => kind in frame)
}

/** Who has just connected is asked for what is lost, and does not have it. */
function isInVain(name: string, bytes: Uint8Array): boolean {
  if (name !== 'bulk') return false
  const frame = decodeFrame(bytes)
  return 'request' in frame || ('response' in frame && frame.response.chunks.every((chunk) => chunk === null))
}

/** Names compare in NFC: each device keeps the spelling it has. */
export function differenceOf(a: Tree, b: Tree): string | null {
  const [left, right] = [normal(a), normal(b)]
  for (const [path, entry] of left) {
    const other = right.get(path)
    if (other === undefined) return `at ${path}: ${describe(entry)} against nothing`
    const same =
      entry.kind === other.kind && entry.mode === other.mode && entry.mtime === other.mtime && entry.content === other.content
    if (!same) return `at ${path}: ${describe(entry)} against ${describe(other)}`
  }
  for (const [path, entry] of right) if (!left.has(path)) return `at ${path}: nothing against ${describe(entry)}`
  return null
}

function normal(tree: Tree): Map<string, Entry> {
  return new Map([...tree].map(([path, entry]) => [path.normalize('NFC'), entry]))
}

function describe({ kind, mode, mtime, content, size }: Entry): string {
  return `${kind} ${mode.toString(8)} ${mtime} ${size} bytes ${content?.slice(0, 8) ?? ''}`
}

function statOf(device: SimDevice, path: string): ReturnType<typeof diskStat> {
  const slash = path.lastIndexOf('/')
  return within(device.disk.raw, ROOT, slash < 0 ? '' : path.slice(0, slash), (dir) =>
    diskStat(device.disk.raw.stat(dir, path.slice(slash + 1))!),
  )
}

function bytesAt(device: SimDevice, path: string): Uint8Array {
  const slash = path.lastIndexOf('/')
  return within(device.disk.raw, ROOT, slash < 0 ? '' : path.slice(0, slash), (dir) =>
    readFile(device.disk.raw, dir, path.slice(slash + 1)),
  )
}
