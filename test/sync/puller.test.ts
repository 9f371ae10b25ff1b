import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Queue, silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex, type LocalChange } from '#db'
import type { Exchange } from '#exchange'
import { packChunks, toHex, type ChunkId, type FolderId } from '#model'
import { Puller } from '../../src/sync/puller.ts'
import type { CleanStage, PullerParts } from '../../src/sync/puller-parts.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, content, directory, file, FOLDER, follow, gone, open, send } from '../db/fixtures.ts'
import type { Subject } from '../folder/filesystem-suite.ts'
import { nodeSubject, simSubject } from '../folder/subjects.ts'
import { idOf, KEYS, TestFolder } from '../folder/test-folder.ts'
import { until } from './engines.ts'

let folder: TestFolder
let puller: Puller
let ended: AbortController

afterEach(() => {
  ended.abort()
  folder.close()
})

/** A's folder on a disk, without a scan: `fetch` gives the content that B has. */
async function start(options: {
  fetch(id: ChunkId, root: string): Promise<string | Uint8Array>
  rescan?: () => void
  subject?: Subject
}) {
  const subject = options.subject ?? nodeSubject()
  folder = await TestFolder.adopted(subject)
  ended = new AbortController()
  const [index, other] = [open(A), open(B)]
  let clean: CleanStage = () => Promise.resolve()
  const parts: PullerParts = {
    folder: FOLDER,
    idKey: KEYS.idKey,
    index: inProcess<FolderIndex>(index),
    disk: folder.disk,
    exchange: {
      async fetch(_: FolderId, id: ChunkId) {
        const bytes = new Uint8Array(Buffer.from(await options.fetch(id, subject.root)))
        return { bytes, isAlone: true, device: B.id, release: () => undefined }
      },
      strike: () => undefined,
    } as unknown as Exchange,
    staged: new Set(),
    store: null,
    clock: systemClock,
    logger: silentLogger,
    tree: new Queue(),
    allowed: () => Promise.resolve(),
    behind: () => false,
    rescan: () => options.rescan?.(),
    unnoted: () => undefined,
    applied: () => undefined,
    isScanning: () => false,
    complete: () => false,
    authored: () => undefined,
    quiet: (cleaning) => (clean = cleaning),
    failed: (error) => {
      throw error
    },
  }
  puller = new Puller(parts, ended.signal)
  return { index, other, clean: () => clean([]) }
}

const MIB = 1024 * 1024

/** A file as the scan of a disk with our keys finds it. */
function written(path: string, text: string): Extract<LocalChange, { kind: 'file' }> {
  const known = content(text)
  known.chunks.set(idOf(text))
  return { ...(file(path, text) as Extract<LocalChange, { kind: 'file' }>), content: known }
}

async function bring(index: SqliteFolderIndex): Promise<string[]> {
  puller.wake()
  await until(() => puller.quiet)
  return index.problems().map(({ path, code }) => `${path}: ${code}`)
}

test('a file that nobody wants any more, since its step failed, is no transfer and leaves nothing in the stage', async () => {
  let isAway = false
  const { index, other, clean } = await start({
    async fetch(_, root) {
      await until(() => existsSync(join(root, 'old')))
      renameSync(join(root, 'old'), join(root, 'new'))
      return 'a letter'
    },
    rescan() {
      if (isAway) return
      isAway = true
      author(index, gone('old'), directory('new'))
      author(other, gone('old/letter'))
      send(other, index)
    },
  })
  author(other, directory('old'), written('old/letter', 'a letter'))
  send(other, index)
  expect(await bring(index)).toEqual([])
  expect([isAway, puller.transfers]).toEqual([true, []])
  await clean()
  expect(folder.user.names('.holdfast/tmp')).toEqual([])
})

test('a file that the system does not let be replaced counts as edited at no later try', async () => {
  const { index, other } = await start({ fetch: async () => 'new' })
  folder.user.write('x', 'old')
  const { stat } = await folder.thing('x')
  author(index, { ...written('x', 'old'), stat })
  send(index, other)
  follow(other)
  author(other, written('x', 'new'))
  send(other, index)
  folder.fs.rename = () => {
    throw Object.assign(new Error('EACCES: refused'), { code: 'EACCES' })
  }
  for (let tries = 0; tries < 3; tries++) {
    expect(await bring(index)).toEqual(['x: denied'])
    index.retry(['x'])
  }
  expect((await folder.thing('x')).stat.ctimeMs).not.toBe(stat.ctimeMs)
})

test('a row that was read while an earlier version of it was still on its way is read again', async () => {
  const fetched = Promise.withResolvers<undefined>()
  const { index, other } = await start({
    async fetch() {
      await fetched.promise
      return 'new'
    },
  })
  folder.user.write('x', 'old')
  const { stat } = await folder.thing('x')
  author(index, { ...written('x', 'old'), stat })
  send(index, other)
  follow(other)
  author(other, { ...written('x', 'new'), stat: { ...stat, size: 3, mtimeMs: stat.mtimeMs + 1000 } })
  send(other, index)
  puller.wake()
  await until(() => puller.transfers.length > 0)
  // It is to be again what the disk shows until the first version takes its place.
  author(other, { ...written('x', 'old'), stat })
  send(other, index)
  const real = folder.disk.ignored.bind(folder.disk)
  folder.disk.ignored = async (entries) => {
    fetched.resolve(undefined)
    await until(() => folder.user.read('x') === 'new' && puller.transfers.length === 0)
    return real(entries)
  }
  expect(await bring(index)).toEqual([])
  expect([folder.user.read('x'), index.totals().needEntries]).toEqual(['old', 0])
})

test('large files that fit arrive on a disk that all of them together would fill', async () => {
  const subject = simSubject()
  const pieces = new Map<string, Uint8Array>()
  const seconds = new Set<string>()
  let firsts = 0
  const { index, other } = await start({
    subject,
    // The first halves of all come before any second one.
    async fetch(id) {
      if (seconds.has(id)) await until(() => firsts >= 4)
      else firsts++
      return pieces.get(id)!
    },
  })
  subject.disk.capacity = subject.disk.used() + 4.5 * MIB
  // A quota: it is met only by who writes.
  folder.fs.space = () => ({ freeBytes: 2 ** 40, totalBytes: 2 ** 41 })
  const names = ['a', 'b', 'c', 'd']
  for (const name of names) {
    const halves = ['1', '2'].map((half) => {
      const bytes = Buffer.alloc(MIB, name + half)
      const id = toHex(idOf(bytes)) as ChunkId
      pieces.set(id, bytes)
      if (half === '2') seconds.add(id)
      return { id, length: MIB }
    })
    const change = written(name, 'x')
    author(other, {
      ...change,
      stat: { ...change.stat, size: 2 * MIB },
      content: { chunker: 1, size: 2 * MIB, chunks: packChunks(halves) },
    })
  }
  send(other, index)
  const problems = await bring(index)
  expect(problems.map((problem) => problem.slice(1))).toEqual([': full', ': full'])
  expect(folder.user.names('').filter((name) => names.includes(name))).toHaveLength(2)
})
