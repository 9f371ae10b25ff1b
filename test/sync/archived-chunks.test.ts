import { afterEach, expect, it } from 'vitest'
import { systemClock, Queue } from '#base'
import { inProcess, type FolderIndex } from '#db'
import type { FolderDisk } from '#folder'
import { A, author, B, content, exchange, open as openIndex } from '../db/fixtures.ts'
import { Applier } from '../../src/sync/applier.ts'
import { findArchived } from '../../src/sync/archive-search.ts'
import { differences } from '../../src/sync/reconcile.ts'
import { RowWork } from '../../src/sync/row-work.ts'
import { stepFor } from '../../src/sync/steps.ts'
import { simSubject } from '../folder/subjects.ts'
import { idOf, TestFolder } from '../folder/test-folder.ts'

let folder: TestFolder

afterEach(() => folder.close())

const NEVER = new AbortController().signal

/** A folder with one file, `old.txt`, and an index that knows it and that another device deleted it. */
async function deletedElsewhere(): Promise<{ index: FolderIndex; disk: FolderDisk }> {
  folder = await TestFolder.adopted(simSubject())
  const { user, disk } = folder
  user.write('old.txt', 'the only copy')
  const { stat } = await folder.thing('old.txt')
  const index = openIndex(A)
  const other = openIndex(B)
  const chunks = list('the only copy')
  author(index, { path: 'old.txt', kind: 'file', stat, content: { ...content('the only copy'), chunks } })
  exchange(index, other)
  const [row] = other.rows(['old.txt'])
  const [head] = row!.heads
  other.commit({
    shown: [
      {
        path: 'old.txt',
        kind: 'file',
        stat,
        version: head!.id,
        source: 'old.txt',
      },
    ],
    gone: [],
    done: [],
    again: [],
    archived: [],
  })
  author(other, { path: 'old.txt', kind: 'tombstone' })
  exchange(index, other)
  return { index: inProcess<FolderIndex>(index), disk }
}

function list(text: string): Uint8Array {
  const chunks = content(text).chunks.slice()
  chunks.set(idOf(text))
  return chunks
}

async function read({ index, disk }: { index: FolderIndex; disk: FolderDisk }, text: string): Promise<string | undefined> {
  const id = idOf(text)
  const [places = []] = await index.locate(id)
  const pieces = await disk.read(places.map(({ path, offset, length }) => ({ id, path, offset, length })))
  return pieces.flatMap((bytes) => (bytes === null ? [] : [Buffer.from(bytes).toString()]))[0]
}

it('lets the content of what sync deleted be read from the archive', async () => {
  const { index, disk } = await deletedElsewhere()
  const [row] = await index.todo('delete', 1, systemClock.now(), null)
  const work = new RowWork(
    row!,
    differences(row!, (version) => version.chunks),
  )
  const applier = new Applier(
    { disk, index, clock: systemClock, tree: new Queue() },
    { allowed: () => Promise.resolve(), underWay: () => 0, unnoted: () => undefined },
  )
  await new Promise<void>((noted, failed) => {
    const input = { row: row!, difference: work.departures[0]!, chunksOf: () => new Uint8Array(0), move: null }
    applier.apply({ step: stepFor(input), settle: (result, applied) => work.settle(input, result, applied), noted, failed })
  })
  expect(folder.user.names('')).not.toContain('old.txt')
  expect(await read({ index, disk }, 'the only copy')).toBe('the only copy')
})

it('finds what a crash kept the index from knowing, once', async () => {
  const { index, disk } = await deletedElsewhere()
  await disk.transition([{ do: 'remove', path: 'old.txt', expected: await folder.thing('old.txt'), archiveAs: 'v1' }])
  await index.commit({ shown: [], gone: ['old.txt'], done: [], again: [], archived: [] })
  expect(await read({ index, disk }, 'the only copy')).toBeUndefined()
  await findArchived({ index, disk }, NEVER)
  expect(await read({ index, disk }, 'the only copy')).toBe('the only copy')
  const hash = (): never => {
    throw new Error('it was read again')
  }
  await findArchived({ index, disk: { archived: () => disk.archived(), hash } }, NEVER)
})
