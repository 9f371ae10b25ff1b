import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Queue, silentLogger } from '#base'
import { inProcess, type FolderIndex } from '#db'
import { REST_MS } from '../../src/sync/running-deletions.ts'
import { Scanner, type ScanOutcome } from '../../src/sync/scanner.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A, heads, open } from '../db/fixtures.ts'
import { simSubject } from '../folder/subjects.ts'
import { TestFolder } from '../folder/test-folder.ts'

const NEVER = new AbortController().signal
const FILES = 200
const MANY = 40

let folder: TestFolder
let index: ReturnType<typeof open>
let scanner: Scanner
let clock: HandClock
let note: string | null

beforeEach(async () => {
  folder = await TestFolder.adopted(simSubject())
  index = open(A)
  clock = new HandClock()
  note = null
  restart()
  for (let n = 0; n < FILES; n++) folder.user.write(`all/${n}`, `text ${n}`)
  for (let n = 0; n < MANY; n++) folder.user.write(`many/${n}`, `one of many ${n}`)
  await scan()
  await scan()
})

/** Another one that knows of the last one what that has noted. */
function restart(): void {
  scanner = new Scanner({
    index: inProcess<FolderIndex>(index),
    disk: folder.disk,
    clock,
    logger: silentLogger,
    tree: new Queue(),
    healthy: async () => undefined,
    local: () => false,
    authored: () => undefined,
    deletions: {
      read: async () => note,
      write: async (text) => {
        note = text
      },
    },
  })
}

afterEach(() => {
  vi.restoreAllMocks()
  folder.close()
})

function scan(scopes: readonly string[] | null = null): Promise<ScanOutcome> {
  return scanner.scan(scopes, NEVER)
}

function paths(directory: string, from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, n) => `${directory}/${from + n}`)
}

function remove(directory: string, from: number, to: number): string[] {
  for (const path of paths(directory, from, to)) folder.user.remove(path)
  return paths(directory, from, to)
}

function live(directory: string, count: number): number {
  return paths(directory, 0, count).filter((path) => heads(index, path).some((head) => head !== 'tombstone')).length
}

describe('a tree that is deleted slowly', () => {
  it('is held as a whole, and none of it is noted before', async () => {
    for (let n = 0; n < FILES; n += MANY) {
      remove('all', n, n + MANY)
      await scan()
      expect(live('all', FILES)).toBe(FILES)
      clock.pass(1_000)
    }
    expect(await scan()).toMatchObject({ held: FILES, vanishing: [] })
    expect(live('all', FILES)).toBe(FILES)
    scanner.approve()
    expect(await scan()).toMatchObject({ held: 0 })
    expect(live('all', FILES)).toBe(0)
  })

  it('is held to its last files, which single places show', async () => {
    remove('all', 0, 190)
    expect((await scan()).held).toBe(190)
    expect(await scan(remove('all', 190, FILES))).toMatchObject({ held: 0, needsAll: true })
    expect((await scan()).held).toBe(FILES)
    expect(live('all', FILES)).toBe(FILES)
  })

  it('is deleted in one go, once no more vanishes, where it is less than half of the folder', async () => {
    const gone = [...remove('many', 0, 30)]
    expect((await scan(gone)).vanishing).toEqual(expect.arrayContaining(gone))
    clock.pass(REST_MS - 1)
    gone.push(...remove('many', 30, MANY))
    expect((await scan(gone)).vanishing).toHaveLength(MANY)
    clock.pass(REST_MS - 1)
    expect((await scan(gone)).vanishing).toHaveLength(MANY)
    expect(live('many', MANY)).toBe(MANY)
    clock.pass(1)
    expect(await scan(gone)).toMatchObject({ changed: MANY, vanishing: [], held: 0 })
    expect(live('many', MANY)).toBe(0)
  })

  it('is one run from its first file to its last, and what vanished long before is not of it', async () => {
    remove('many', 0, 3)
    await scan()
    clock.pass(31_000)
    let held = 0
    // A file every 0.4 s, looked at every 2 s.
    for (let n = 0; n < FILES && held === 0; n += 5) {
      remove('all', n, n + 5)
      held = (await scan()).held
      clock.pass(2_000)
    }
    expect(held).toBeGreaterThan(0)
    const rejected = [...scanner.guard.begun, ...scanner.held]
    expect(rejected).toEqual(expect.arrayContaining(paths('all', 0, FILES - live('all', FILES))))
    expect(rejected.filter((path) => path.startsWith('many/'))).toEqual([])
  })

  it('keeps no other change, nor a few deletions before', async () => {
    expect(await scan(remove('all', 0, 10))).toMatchObject({ changed: 10, vanishing: [] })
    const gone = remove('many', 0, MANY)
    folder.user.write('note', 'noted at once')
    expect(await scan([...gone, 'note'])).toMatchObject({ changed: 1 })
    expect(heads(index, 'note')).not.toEqual([])
    expect(live('many', MANY)).toBe(MANY)
  })

  it('keeps what came in its place', async () => {
    remove('many', 0, MANY)
    folder.user.remove('many')
    folder.user.symlink('many', 'elsewhere')
    expect(await scan()).toMatchObject({ changed: 0 })
    clock.pass(REST_MS)
    await scan()
    expect(live('many', MANY)).toBe(0)
  })
})

describe('over a restart', () => {
  it('what went before the rest was held is known, however late, until all is back', async () => {
    remove('all', 0, 1)
    await scan()
    clock.pass(5_000)
    remove('all', 1, FILES)
    expect((await scan()).held).toBe(FILES - 1)
    clock.pass(24 * 3_600_000)
    restart()
    expect((await scan()).held).toBe(FILES - 1)
    expect(scanner.guard.begun).toEqual(['all/0'])
    for (let n = 0; n < FILES; n++) folder.user.write(`all/${n}`, `text ${n}`)
    await scan()
    expect(scanner.guard.holding).toBe(false)
    clock.pass(11 * 60_000)
    await scan()
    expect(note).toBe(null)
  })

  it('so is since when it waited that was not judged yet', async () => {
    remove('all', 0, 1)
    await scan()
    remove('all', 1, MANY)
    expect((await scan()).vanishing).toHaveLength(MANY - 1)
    clock.pass(60_000)
    restart()
    remove('all', MANY, FILES)
    expect((await scan()).held).toBe(FILES - 1)
    expect(scanner.guard.begun).toEqual(['all/0'])
  })

  it('what was counted and then not written counts once', async () => {
    const author = vi.spyOn(index, 'author').mockImplementationOnce(() => {
      throw new Error('killed')
    })
    remove('all', 0, 20)
    await expect(scan()).rejects.toThrow('killed')
    author.mockRestore()
    restart()
    expect(await scan()).toMatchObject({ changed: 20, held: 0 })
    restart()
    remove('all', 20, FILES)
    expect((await scan()).held).toBe(FILES - 20)
    expect(scanner.guard.begun.sort()).toEqual(paths('all', 0, 20).sort())
  })

  it('a note of the first version is read, whatever the clock was set to since', async () => {
    const at = clock.now() + 3_600_000
    const mark = ['file:7:9:1000', ['gone/one', 'gone/linked']]
    note = JSON.stringify({
      version: 1,
      heldSince: at,
      waitingSince: null,
      passed: [{ since: at - 2_000, at: at - 1_000, count: 2, marks: [mark] }],
    })
    restart()
    remove('all', 0, FILES)
    expect((await scan()).held).toBe(FILES)
    expect(scanner.guard.begun).toEqual(['gone/one', 'gone/linked'])
  })
})

describe('a directory that was renamed', () => {
  it('does not wait', async () => {
    folder.user.rename('many', 'renamed')
    expect(await scan()).toMatchObject({ changed: 2 * MANY + 2, vanishing: [] })
    expect(live('renamed', MANY)).toBe(MANY)
  })

  it('is one also where its old place was looked at first', async () => {
    folder.user.rename('many', 'renamed')
    const read = vi.spyOn(folder.disk, 'hash')
    expect((await scan(['many'])).vanishing).toHaveLength(MANY + 1)
    expect(await scan(['many', 'renamed'])).toMatchObject({ changed: 2 * MANY + 2, vanishing: [] })
    expect(read).not.toHaveBeenCalled()
    expect([live('many', MANY), live('renamed', MANY)]).toEqual([0, MANY])
  })
})

it('what is deleted while it is ignored is noted a part at a time, however much it is', async () => {
  const count = 1_500
  for (let n = 0; n < count; n++) folder.user.write(`built/${n}`, '')
  await scan()
  const commit = vi.spyOn(index, 'commit')
  folder.user.write('.holdfastignore', 'built\n')
  remove('built', 0, count)
  await scan()
  const parts = commit.mock.calls.map(([{ gone }]) => gone.length)
  expect(parts.reduce((sum, part) => sum + part, 0)).toBe(count)
  expect(Math.max(...parts)).toBeLessThanOrEqual(1_024)
  expect(live('built', count)).toBe(count)
})
