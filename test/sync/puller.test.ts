import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Queue, silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex, type LocalChange } from '#db'
import type { Exchange } from '#exchange'
import { Puller } from '../../src/sync/puller.ts'
import type { CleanStage, PullerParts } from '../../src/sync/puller-parts.ts'
import type { SqliteFolderIndex } from '../../src/db/sqlite-folder-index.ts'
import { A, author, B, content, directory, file, FOLDER, follow, gone, open, send } from '../db/fixtures.ts'
import { nodeSubject } from '../folder/subjects.ts'
import { idOf, KEYS, TestFolder } from '../folder/test-folder.ts'
import { until } from './engines.ts'

let folder: TestFolder
let puller: Puller
let ended: AbortController

afterEach(() => {
  ended.abort()
  folder.close()
})

/** A's folder on a disk, without a scan: `text` is what B gives for any chunk, once `fetching` has ended. */
async function start(options: { text: string; fetching?: (root: string) => Promise<void>; rescan?: () => void }) {
  const subject = nodeSubject()
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
      async fetch() {
        await options.fetching?.(subject.root)
        return { bytes: new Uint8Array(Buffer.from(options.text)), isAlone: true, device: B.id, release: () => undefined }
      },
      strike: () => undefined,
    } as unknown as Exchange,
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
    text: 'a letter',
    async fetching(root) {
      await until(() => existsSync(join(root, 'old')))
      renameSync(join(root, 'old'), join(root, 'new'))
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
  const { index, other } = await start({ text: 'new' })
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
