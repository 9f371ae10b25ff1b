import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MARKER } from '#folder'
import type { Role } from '#model'
import type { NewEntry } from '../../src/sync/put-entry.ts'
import { row } from '../db/fixtures.ts'
import { until } from './engines.ts'
import { sharedTree } from './shared-tree.ts'

const NEVER = new AbortController().signal
const MIB = 1024 * 1024

let tree: Awaited<ReturnType<typeof sharedTree>>
let role: Role

beforeEach(async () => {
  role = 'sync'
  tree = await sharedTree(
    (root) => {
      mkdirSync(join(root, 'docs'))
      writeFileSync(join(root, 'docs/report'), 'old', { mode: 0o640 })
      writeFileSync(join(root, '.holdfastignore'), '*.tmp\nbuild/\n')
      symlinkSync('docs', join(root, 'link'))
    },
    { role: () => role },
  )
})
afterEach(() => tree.end())

async function* pieces(...all: (string | Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const one of all) {
    if (one instanceof Error) throw one
    yield typeof one === 'string' ? Buffer.from(one) : one
  }
}

const text = (words: string, more: { mode?: number; mtime?: number } = {}): NewEntry => ({
  kind: 'file',
  content: pieces(words),
  ...more,
})
const put = (path: string, entry: NewEntry, signal = NEVER) => tree.folder.actions.put(path, entry, signal)
const head = (path: string) => row(tree.index, path).heads[0]
const archive = (): string[] => {
  const place = join(tree.root, '.holdfast/archive')
  return existsSync(place) ? readdirSync(place, { recursive: true }).map(String) : []
}
const stage = (): string[] => readdirSync(join(tree.root, '.holdfast/tmp'))

describe('a file that is put', () => {
  it('is in place, and is the version that is told, when it resolves', async () => {
    const before = head('docs/report')?.id
    const { path, version, ...more } = await put('docs/report', text('new one'))
    expect({ path, version }).toEqual({ path: 'docs/report', version: head('docs/report')?.id })
    expect(more).toEqual({ bytes: 7, replaced: before })
    expect(version).not.toBe(before)
    expect(await put('docs/another', text('new one'))).toMatchObject({ replaced: null })
    expect(readFileSync(join(tree.root, path), 'utf8')).toBe('new one')
    expect(stage()).toEqual([])
  })

  it('sends what was there to the archive, and keeps its permissions', async () => {
    await put('docs/report', text('new one'))
    const [archived] = archive().filter((name) => name.startsWith('docs/report'))
    expect(readFileSync(join(tree.root, '.holdfast/archive', archived!), 'utf8')).toBe('old')
    expect(tree.index.isArchived([archived!])).toEqual([true])
    expect(statSync(join(tree.root, 'docs/report')).mode & 0o777).toBe(0o640)
  })

  it('has the mode and the time that are given, and makes the directories that are missing', async () => {
    await put('a/b/c', text('deep', { mode: 0o600, mtime: 1_700_000_000_123_456 }))
    const { mode, mtimeMs } = statSync(join(tree.root, 'a/b/c'))
    expect([mode & 0o777, Math.round(mtimeMs * 1000)]).toEqual([0o600, 1_700_000_000_123_456])
    expect([head('a')?.kind, head('a/b')?.kind, head('a/b/c')?.kind]).toEqual(['directory', 'directory', 'file'])
  })

  it('is put together of pieces of any length', async () => {
    const parts = [1, 0, MIB - 1, 3, 2 * MIB, 700_000].map((length, at) => Buffer.alloc(length, at + 1))
    await put('large', { kind: 'file', content: pieces(...parts) })
    expect(readFileSync(join(tree.root, 'large')).equals(Buffer.concat(parts))).toBe(true)
    await put('empty', { kind: 'file', content: pieces() })
    expect(head('empty')).toMatchObject({ kind: 'file', size: 0 })
  })

  it('may be put many times over, by several at once', async () => {
    await Promise.all(Array.from({ length: 12 }, (_, n) => put('docs/report', text(`by ${n}`))))
    expect(readFileSync(join(tree.root, 'docs/report'), 'utf8')).toMatch(/^by \d+$/)
    expect(row(tree.index, 'docs/report').heads).toHaveLength(1)
  })

  it('leaves nothing where its content ends with a failure, or whoever sends it goes away', async () => {
    await expect(
      put('docs/report', { kind: 'file', content: pieces(Buffer.alloc(3 * MIB), new Error('cut off')) }),
    ).rejects.toThrow('cut off')
    const gone = new AbortController()
    const stuck = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(2 * MIB)
      await new Promise(() => undefined)
    }
    const putting = put('docs/report', { kind: 'file', content: stuck() }, gone.signal)
    await until(() => stage().length > 0)
    gone.abort(new Error('gone'))
    await expect(putting).rejects.toThrow('gone')
    expect(stage()).toEqual([])
    expect(readFileSync(join(tree.root, 'docs/report'), 'utf8')).toBe('old')
  })

  it('stays in the stage while it comes, whatever else is cleaned there', async () => {
    const more = Promise.withResolvers<void>()
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(2 * MIB, 'x')
      await more.promise
      yield Buffer.from('end')
    }
    const putting = put('slow', { kind: 'file', content: slow() })
    await until(() => stage().some((name) => name.startsWith('put-')))
    writeFileSync(join(tree.root, '.holdfast/tmp/left'), 'over')
    await tree.folder.actions.retry()
    await until(() => !stage().includes('left'))
    more.resolve()
    expect((await putting).bytes).toBe(2 * MIB + 3)
  })

  it('takes the place of what was in its way at the last look only', async () => {
    rmSync(join(tree.root, 'docs/report'))
    expect(await put('docs/report', { kind: 'directory' })).toMatchObject({ version: head('docs/report')?.id })
    expect(head('docs/report')?.kind).toBe('directory')
  })

  it('takes over a file that was edited since the last look, which becomes a version first', async () => {
    writeFileSync(join(tree.root, 'docs/report'), 'edited by hand')
    await put('docs/report', text('by command'))
    const sizes = tree.index.versions('docs/report').map(({ version }) => version.size)
    expect(sizes).toEqual([10, 14, 3])
  })
})

describe('what is to be there just so', () => {
  const same = (path: string, version = head(path)!.id) => put(path, { kind: 'same', version })
  const other = { code: 'conflict', message: expect.stringContaining('not on the disk') as string }

  it('is left where it stands on the disk, and is no other version', async () => {
    const { id } = head('docs/report')!
    expect(await same('docs/report')).toEqual({ path: 'docs/report', version: id, replaced: id, bytes: 3 })
    expect(await same('link')).toEqual({ path: 'link', version: head('link')?.id, replaced: head('link')?.id, bytes: 0 })
    await put('docs/report', text('new one'))
    await expect(same('docs/report', id)).rejects.toMatchObject(other)
    expect(head('docs/report')?.id).not.toBe(id)
  })

  it('is not where it is gone, edited, or ignored since the last look', async () => {
    rmSync(join(tree.root, 'link'))
    writeFileSync(join(tree.root, 'docs/report'), 'edited by hand')
    for (const path of ['link', 'docs/report']) await expect(same(path)).rejects.toMatchObject(other)
    const { id } = await put('docs/report', text('new')).then(() => head('docs/report')!)
    writeFileSync(join(tree.root, '.holdfastignore'), 'report\n')
    await tree.folder.scan()
    await expect(same('docs/report', id)).rejects.toMatchObject({ code: 'denied' })
  })

  it('is not where another version is known that is on its way to the disk', async () => {
    const first = head('docs/report')!.id
    await put('docs/report', text('new'))
    const { id } = head('docs/report')!
    tree.index.restore([{ path: 'docs/report', id: first }], Date.now())
    for (const version of [id, head('docs/report')!.id]) await expect(same('docs/report', version)).rejects.toMatchObject(other)
  })
})

describe('directories and links', () => {
  it('are made, and a directory that is there stays as it is', async () => {
    expect(await put('docs', { kind: 'directory', mode: 0o700 })).toMatchObject({ version: head('docs')?.id, bytes: 0 })
    // One that has gone a moment ago.
    const moved = `${tree.root}-docs`
    renameSync(join(tree.root, 'docs'), moved)
    expect(await put('docs', { kind: 'directory' })).toMatchObject({ version: head('docs')?.id })
    rmSync(moved, { recursive: true })
    await put('new', { kind: 'directory', mode: 0o750 })
    expect(statSync(join(tree.root, 'new')).mode & 0o777).toBe(0o750)
    await put('docs/report', { kind: 'symlink', target: '../elsewhere' })
    expect(readlinkSync(join(tree.root, 'docs/report'))).toBe('../elsewhere')
    expect(head('docs/report')).toMatchObject({ kind: 'symlink', target: '../elsewhere' })
  })
})

describe('what cannot be put', () => {
  it.each([
    ['../out', 'denied', 'refused'],
    ['a//b', 'denied', 'refused'],
    ['.holdfast/marker', 'denied', "Holdfast's own"],
    ['docs', 'exists', 'docs is a directory'],
    ['docs/report/x', 'exists', 'docs/report is a file, no directory'],
    ['link/x', 'exists', 'link is a symlink, no directory'],
    ['a.tmp', 'denied', 'is ignored'],
    ['build/x', 'denied', 'is ignored'],
  ])('%s is %s', async (path, code, message) => {
    const before = readdirSync(tree.root, { recursive: true })
    await expect(put(path, text('x'))).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect(readdirSync(tree.root, { recursive: true })).toEqual(before)
  })

  it('is what rules ignore that come at the same moment', async () => {
    // Nobody knows of them yet.
    vi.spyOn(tree.disk, 'ignored').mockResolvedValueOnce([false])
    writeFileSync(join(tree.root, '.holdfastignore'), '*.bak\n')
    await expect(put('a.bak', text('x'))).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining('in place') })
  })

  it('is a directory where a file is', async () => {
    await expect(put('docs/report', { kind: 'directory' })).rejects.toMatchObject({ code: 'exists' })
  })

  it('is anything where this device may not write', async () => {
    role = 'receive-only'
    await expect(put('x', text('x'))).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining('receive-only') })
    expect(existsSync(join(tree.root, 'x'))).toBe(false)
  })

  it('is anything in a folder that is paused, or whose directory is another one', async () => {
    await tree.folder.pause()
    await expect(put('x', text('x'))).rejects.toMatchObject({ code: 'blocked', hint: expect.stringContaining('resume') })
    tree.folder.resume()
    rmSync(join(tree.root, MARKER))
    await expect(put('x', text('x'))).rejects.toMatchObject({ code: 'blocked' })
    expect(existsSync(join(tree.root, 'x'))).toBe(false)
  })
})
