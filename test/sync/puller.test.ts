import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { Queue, silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { Exchange } from '#exchange'
import type { DeviceId } from '#model'
import { Puller } from '../../src/sync/puller.ts'
import type { CleanStage, PullerParts } from '../../src/sync/puller-parts.ts'
import { A, author, B, content, directory, file, FOLDER, gone, open, send } from '../db/fixtures.ts'
import { nodeSubject } from '../folder/subjects.ts'
import { idOf, KEYS, TestFolder } from '../folder/test-folder.ts'
import { until } from './engines.ts'

let folder: TestFolder
const ended = new AbortController()
afterEach(() => {
  ended.abort()
  folder.close()
})

test('a file that nobody wants any more, since its step failed, is no transfer and leaves nothing in the stage', async () => {
  const subject = nodeSubject()
  folder = await TestFolder.adopted(subject)
  const [index, other] = [open(A), open(B)]
  const text = 'a letter'
  const known = content(text)
  known.chunks.set(idOf(text))
  author(other, directory('old'), { ...file('old/letter', text), content: known } as ReturnType<typeof file>)
  send(other, index)
  let rescans = 0
  let clean: CleanStage = () => Promise.resolve()
  const parts: PullerParts = {
    folder: FOLDER,
    idKey: KEYS.idKey,
    index: inProcess<FolderIndex>(index),
    disk: folder.disk,
    exchange: {
      async fetch() {
        await until(() => existsSync(join(subject.root, 'old')))
        renameSync(join(subject.root, 'old'), join(subject.root, 'new'))
        return { bytes: new Uint8Array(Buffer.from(text)), isAlone: true, device: B.id as DeviceId, release: () => undefined }
      },
      strike: () => undefined,
    } as unknown as Exchange,
    clock: systemClock,
    logger: silentLogger,
    tree: new Queue(),
    allowed: () => Promise.resolve(),
    behind: () => false,
    rescan: () => {
      if (rescans++ > 0) return
      author(index, gone('old'), directory('new'))
      author(other, gone('old/letter'))
      send(other, index)
    },
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
  const puller = new Puller(parts, ended.signal)
  puller.wake()
  await until(() => puller.quiet && rescans > 0)
  expect(puller.transfers).toEqual([])
  await clean([])
  expect(folder.user.names('.holdfast/tmp')).toEqual([])
})
