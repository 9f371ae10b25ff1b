import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { HoldfastError, microsecondsOf } from '#base'
import { start, startServer, type Outcome, type RunningServer } from './daemon-stand-in.ts'

let running: RunningServer
let directory: string
beforeAll(async () => {
  running = await startServer()
})
afterAll(() => running.close())
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-files-'))
  running.backend.files.clear()
  running.backend.calls.splice(0)
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

function holdfast(args: string[], input = ''): Promise<Outcome> {
  const { child, ended } = start(['--home', running.home, ...args], { cwd: directory })
  child.stdin?.on('error', () => undefined).end(input)
  return ended
}
const json = async (args: string[], input?: string): Promise<unknown> =>
  JSON.parse((await holdfast([...args, '--json'], input)).stdout)
const at = (name: string): string => join(directory, name)
const puts = () => running.backend.calls.filter(({ name }) => name === 'writeContent').map(({ input }) => input)

describe('put', () => {
  it('sends stdin, and leaves permissions and time to the other end', async () => {
    expect(await json(['put', '-', 'photos/a/b'], 'from stdin')).toMatchObject({ path: 'a/b', bytes: 10 })
    expect([running.backend.files.get('a/b'), puts()]).toEqual(['from stdin', [{ folder: 'photos', path: 'a/b', kind: 'file' }]])
  })

  it('sends a file with its permissions and time, under its own name where a directory is meant', async () => {
    writeFileSync(at('note'), 'text', { mode: 0o640 })
    await json(['upload', 'note', 'photos/docs/'])
    await json(['put', at('note'), 'photos'])
    const mtime = microsecondsOf(statSync(at('note'), { bigint: true }).mtimeNs)
    const sent = { folder: 'photos', kind: 'file', mode: 0o640, mtime }
    expect(puts()).toEqual([
      { ...sent, path: 'docs/note' },
      { ...sent, path: 'note' },
    ])
  })

  it('sends a directory, links as links, and goes on where one entry cannot be put', async () => {
    mkdirSync(at('tree/sub'), { recursive: true })
    mkdirSync(at('tree/.holdfast'))
    writeFileSync(at('tree/sub/x'), 'x')
    writeFileSync(at('tree/y'), 'yy')
    symlinkSync('y', at('tree/link'))
    expect(await json(['put', 'tree', 'photos/t', '--recursive'])).toMatchObject({ path: 't', bytes: 3, entries: 5 })
    const sent = puts() as { path: string; kind: string }[]
    expect(sent.map(({ path, kind }) => `${kind} ${path}`).toSorted()).toEqual([
      'directory t',
      'directory t/sub',
      'file t/sub/x',
      'file t/y',
      'symlink t/link',
    ])
    // Several are on their way at once, but none before the directory that it is in.
    const order = ['t', 't/sub', 't/sub/x'].map((path) => sent.findIndex((each) => each.path === path))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    writeFileSync(at('tree/refused'), 'x')
    const outcome = await holdfast(['put', 'tree', 'photos', '--recursive'])
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('refused: it is refused') })
    expect(running.backend.files.get('sub/x')).toBe('x')
  })

  it.each([
    [['put', 'missing', 'photos/a'], 1, 'not-found'],
    [['put', '.', 'photos/a'], 2, 'usage'],
    [['put', '-', 'photos'], 2, 'usage'],
    [['put', '-', 'photos/a', '--recursive'], 2, 'usage'],
    [['put', '-', 'photos/refused'], 1, 'denied'],
  ])('%j ends with %i and says %s', async (args, code, word) => {
    const outcome = await holdfast([...args, '--json'], 'x'.repeat(300_000))
    expect([outcome.code, JSON.parse(outcome.stdout)]).toMatchObject([code, { error: { code: word, hint: expect.any(String) } }])
  })
})

describe('get', () => {
  beforeEach(() => running.backend.files.set('docs/note', 'some text'))

  it('writes a file with its permissions and time, here, at a place, or into a directory', async () => {
    expect(await json(['get', 'photos/docs/note'])).toEqual({ path: at('note'), version: 'ab'.repeat(16), bytes: 9 })
    const { mode, mtimeMs } = statSync(at('note'))
    expect([mode & 0o777, Math.round(mtimeMs * 1000)]).toEqual([0o640, 1_700_000_000_123_456])
    mkdirSync(at('into'))
    await json(['download', 'photos/docs/note', 'into'])
    await json(['get', 'photos/docs/note', 'other'])
    expect(readFileSync(at('into/note'), 'utf8') + readFileSync(at('other'), 'utf8')).toBe('some textsome text')
  })

  it('writes to stdout what there is and nothing else', async () => {
    expect(await holdfast(['get', 'photos/docs/note', '-'])).toEqual({ code: 0, stdout: 'some text', stderr: '' })
    const restored = ['restore', 'photos/docs/note', '--version', 'abcd', '--to', '-']
    expect(await holdfast(restored)).toEqual({ code: 0, stdout: 'some text', stderr: '' })
  })

  it('replaces nothing but with --force', async () => {
    writeFileSync(at('note'), 'mine')
    expect(await json(['get', 'photos/docs/note'])).toMatchObject({
      error: { code: 'exists', hint: expect.stringContaining('--force') },
    })
    expect(readFileSync(at('note'), 'utf8')).toBe('mine')
    await json(['get', 'photos/docs/note', '--force'])
    expect(readFileSync(at('note'), 'utf8')).toBe('some text')
  })

  it('leaves nothing where the content breaks off', async () => {
    running.backend.fault = new HoldfastError('offline', 'nobody has the rest')
    writeFileSync(at('note'), 'mine')
    const outcome = await holdfast(['get', 'photos/docs/note', '--force', '--json'])
    running.backend.fault = null
    expect([outcome.code, JSON.parse(outcome.stdout)]).toMatchObject([1, { error: { code: 'offline' } }])
    expect([readdirSync(directory), readFileSync(at('note'), 'utf8')]).toEqual([['note'], 'mine'])
  })

  it('copies a directory', async () => {
    running.backend.files.set('docs/x', 'xx').set('other', 'not this')
    expect(await json(['get', 'photos/docs', 'copy', '--recursive'])).toEqual({
      path: at('copy'),
      version: null,
      entries: 3,
      bytes: 11,
    })
    expect(readdirSync(at('copy'), { recursive: true }).toSorted()).toEqual(['note', 'x'])
    expect(await json(['get', 'photos/docs', 'copy', '--recursive'])).toMatchObject({ error: { code: 'exists' } })
    expect(await json(['get', 'photos/docs', 'copy', '--recursive', '--force'])).toMatchObject({ entries: 3 })
  })

  it('writes nothing through a link, and nothing outside, whatever it is told', async () => {
    mkdirSync(at('copy'))
    mkdirSync(at('elsewhere'))
    symlinkSync('../elsewhere', at('copy/sub'))
    running.backend.files.set('docs/sub/x', 'x')
    expect(await json(['get', 'photos/docs', 'copy', '--recursive', '--force'])).toMatchObject({ error: { code: 'exists' } })
    expect([readdirSync(at('elsewhere')), lstatSync(at('copy/sub')).isSymbolicLink()]).toEqual([[], true])
    running.backend.files.clear()
    running.backend.files.set('../out', 'x')
    expect(await json(['get', 'photos', 'new', '--recursive'])).toMatchObject({ error: { code: 'denied' } })
    expect(existsSync(at('out'))).toBe(false)
  })

  it('says what does not go together', async () => {
    for (const args of [['photos'], ['photos/docs', '-', '--recursive'], ['photos/a', '--version', 'ab', '--at', '2030-01-01']])
      expect(await json(['get', ...args])).toMatchObject({ error: { code: 'usage' } })
  })
})

describe('rm', () => {
  it('deletes what is named, and never a whole folder', async () => {
    running.backend.files.set('a', 'x')
    expect((await holdfast(['delete', 'photos/a'])).stdout).toBe('Deleted: a\n')
    expect(await json(['rm', 'photos', '--recursive'])).toMatchObject({ error: { code: 'usage' } })
  })
})
