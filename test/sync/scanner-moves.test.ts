import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Queue, silentLogger, systemClock } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { A, heads, NOTHING, open, row } from '../db/fixtures.ts'
import { simSubject } from '../folder/subjects.ts'
import { TestFolder } from '../folder/test-folder.ts'
import { Scanner, type ScanOutcome } from '../../src/sync/scanner.ts'

const NEVER = new AbortController().signal
const FILES = Array.from({ length: 40 }, (_, n) => `${n}.txt`)

let folder: TestFolder
let index: ReturnType<typeof open>
let scanner: Scanner

beforeEach(async () => {
  folder = await TestFolder.adopted(simSubject())
  index = open(A)
  scanner = new Scanner({
    index: inProcess<FolderIndex>(index),
    disk: folder.disk,
    clock: systemClock,
    logger: silentLogger,
    tree: new Queue(),
    healthy: async () => undefined,
    local: () => false,
    authored: () => undefined,
  })
  for (const name of FILES) folder.user.write(`old/deep/${name}`, `text of ${name}`)
  folder.user.write('alone', 'by itself')
  folder.user.write('other', 'something else')
  await scan()
  await scan()
})

afterEach(() => {
  vi.restoreAllMocks()
  folder.close()
})

function scan(): Promise<ScanOutcome> {
  return scanner.scan(null, NEVER)
}

function live(directory: string): string[] {
  return FILES.filter((name) => heads(index, `${directory}/${name}`).some((head) => head !== 'tombstone'))
}

function size(path: string): number | undefined {
  return row(index, path).heads.find(({ kind }) => kind === 'file')?.size
}

/** Does something in the moment before what was found is looked at again. */
function meanwhile(work: () => void): void {
  const verify = folder.disk.verify.bind(folder.disk)
  vi.spyOn(folder.disk, 'verify').mockImplementationOnce((items) => {
    work()
    return verify(items)
  })
}

async function settles(): Promise<void> {
  await scan()
  expect(await scan()).toMatchObject({ changed: 0, unsettled: [] })
}

describe('files that moved', () => {
  it('with their directory are not read, and one of them is looked at again', async () => {
    folder.user.rename('old', 'new')
    const [read, looked] = [vi.spyOn(folder.disk, 'hash'), vi.spyOn(folder.disk, 'verify')]
    expect(await scan()).toMatchObject({ changed: 2 * FILES.length + 4, problems: [], unsettled: [], held: 0 })
    expect(read).not.toHaveBeenCalled()
    expect(looked.mock.calls.flatMap(([items]) => items.filter(({ path }) => path.endsWith('.txt')))).toHaveLength(1)
    expect(live('new/deep')).toEqual(FILES)
    expect(live('old/deep')).toEqual([])
    expect((await scan()).changed).toBe(0)
  })

  it('forth and back with their directory are where they were', async () => {
    folder.user.rename('old', 'new')
    await scan()
    folder.user.rename('new', 'old')
    const read = vi.spyOn(folder.disk, 'hash')
    await scan()
    expect(read).not.toHaveBeenCalled()
    expect(live('old/deep')).toEqual(FILES)
    expect(live('new/deep')).toEqual([])
    await settles()
  })

  it('by themselves are noted with the content they had, and read soon after', async () => {
    folder.user.rename('alone', 'moved')
    const read = vi.spyOn(folder.disk, 'hash')
    expect(await scan()).toMatchObject({ changed: 2, unsettled: ['moved'] })
    expect(read).not.toHaveBeenCalled()
    expect([size('moved'), heads(index, 'alone')]).toEqual([9, ['tombstone']])
    expect((await scan()).changed).toBe(0)
    expect(read).toHaveBeenCalledOnce()
    await settles()
  })

  it('over a known file are read at once', async () => {
    folder.user.rename('alone', 'other')
    expect(await scan()).toMatchObject({ changed: 2 })
    expect([size('other'), heads(index, 'alone')]).toEqual([9, ['tombstone']])
    await settles()
  })

  it('and whose old path shows something else in the index by then are read at once', async () => {
    folder.user.rename('old', 'new')
    meanwhile(() => index.commit({ ...NOTHING, gone: ['old/deep/3.txt'] }))
    const read = vi.spyOn(folder.disk, 'hash')
    expect((await scan()).unsettled).toEqual([])
    expect(read.mock.calls.map(([files]) => files.map(({ path }) => path))).toEqual([['new/deep/3.txt']])
    expect(live('new/deep')).toEqual(FILES)
    await settles()
  })
})

describe('a directory that was renamed', () => {
  it('takes a file along that was edited in it before and one that was edited after', async () => {
    folder.user.write('old/deep/1.txt', 'edited before')
    folder.user.rename('old', 'new')
    folder.user.write('new/deep/2.txt', 'and edited after')
    await scan()
    expect([size('new/deep/1.txt'), size('new/deep/2.txt')]).toEqual([13, 16])
    expect(live('new/deep')).toEqual(FILES)
    expect(live('old/deep')).toEqual([])
    await settles()
  })

  it('brings what was edited or deleted in it since the look with the next one', async () => {
    folder.user.rename('old', 'new')
    meanwhile(() => {
      folder.user.write('new/deep/5.txt', 'edited since')
      folder.user.remove('new/deep/6.txt')
    })
    await scan()
    await scan()
    expect(size('new/deep/5.txt')).toBe(12)
    expect(live('new/deep')).toEqual(FILES.filter((name) => name !== '6.txt'))
    await settles()
  })

  it('is looked at once more where the old one is there again, or the new one is not', async () => {
    folder.user.rename('old', 'new')
    meanwhile(() => folder.user.rename('new', 'newer'))
    await scan()
    expect(live('new/deep')).toEqual([])
    await scan()
    expect(live('newer/deep')).toEqual(FILES)
    folder.user.rename('newer', 'last')
    meanwhile(() => folder.user.write('newer/deep/1.txt', 'another'))
    await scan()
    await settles()
    expect(live('last/deep')).toEqual(FILES)
    expect(live('newer/deep')).toEqual(['1.txt'])
  })
})
