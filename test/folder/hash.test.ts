import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from '#base'
import { chunkBytes, chunkCount, MAX_INLINE_CHUNKS, unpackChunks, type DiskStat } from '#model'
import type { Subject } from './filesystem-suite.ts'
import { nodeSubject, simSubject, steppingClock, SUBJECTS } from './subjects.ts'
import { idOf, TestFolder } from './test-folder.ts'

let folder: TestFolder

afterEach(() => folder.close())

async function open(subject: Subject & { clock?: Clock }): Promise<TestFolder> {
  folder = await TestFolder.adopted(subject)
  return folder
}

const NOWHERE: DiskStat = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }

async function hash(...paths: string[]) {
  return await folder.disk.hash(paths.map((path) => ({ path, stat: NOWHERE, chunker: null })))
}

for (const [name, subject] of SUBJECTS) {
  describe(`hashing on the disk ${name}`, () => {
    it('names the content of files of all sizes, and tells their stat', async () => {
      const { user, disk } = await open(subject())
      user.write('empty', '')
      user.write('small', 'hello')
      const large = randomBytes(700_000)
      user.write('dir/large', large)
      await settled()
      const results = await hash('empty', 'small', 'dir/large')
      expect(results).toMatchObject([
        { ok: true, path: 'empty', size: 0, chunks: new Uint8Array(0) },
        { ok: true, path: 'small', size: 5, chunker: 0 },
        { ok: true, path: 'dir/large', size: 700_000 },
      ])
      const [, small, big] = results
      if (small?.ok !== true || big?.ok !== true) throw new Error('not hashed')
      expect(small.chunks.subarray(0, 32)).toEqual(idOf('hello'))
      expect(small.stat).toEqual((await folder.thing('small')).stat)
      expect(chunkBytes(big.chunks)).toBe(700_000)
      // What was named can be read again by its name, and nothing else can.
      let offset = 0
      const pieces = unpackChunks(big.chunks).map(({ id, length }) => {
        const piece = { id: new Uint8Array(Buffer.from(id, 'hex')), path: 'dir/large', offset, length }
        offset += length
        return piece
      })
      expect(Buffer.concat((await disk.read(pieces)).map((bytes) => bytes!)).equals(large)).toBe(true)
      const [first] = pieces
      expect(
        await disk.read([
          { ...first!, offset: 1 },
          { ...first!, path: 'nothing' },
          { ...first!, path: '../etc/passwd' },
          { ...first!, length: 2 ** 40 },
          first!,
        ]),
      ).toEqual([null, null, null, null, new Uint8Array(large.subarray(0, first!.length))])
    })

    it('says what is gone, no file, or behind a link', async () => {
      const { user } = await open(subject())
      user.write('dir/file', 'x')
      user.symlink('link', 'dir')
      user.symlink('to-file', 'dir/file')
      expect(
        (await hash('nothing', 'dir/nothing/deeper', 'link/file', 'to-file', 'dir', '../x')).map(
          (result) => !result.ok && result.code,
        ),
      ).toEqual(['gone', 'gone', 'gone', 'gone', 'changing', 'unreadable'])
    })
  })
}

it('a time that falls into a microsecond is noted as that one, however near the next it is', async () => {
  const { user, disk } = await open(nodeSubject())
  user.write('late', 'hello')
  for (const part of ['000', '499', '501', '900', '999']) {
    execFileSync('touch', ['-d', `2026-05-01T12:00:00.123456${part}Z`, join(user.root, 'late')])
    const [found] = await disk.hash([{ path: 'late', stat: NOWHERE, chunker: null }])
    expect(found).toMatchObject({ ok: true, mtime: Date.UTC(2026, 4, 1, 12) * 1000 + 123_456 })
  }
})

describe('hashing', () => {
  it('cuts a manifest where a file has more chunks than a record holds', async () => {
    const { user } = await open(simSubject())
    const bytes = randomBytes(16 * 1024 * 1024)
    user.write('big', bytes)
    const [result] = await hash('big')
    if (result?.ok !== true || result.manifest === undefined) throw new Error('no manifest')
    expect(chunkCount(result.chunks)).toBeGreaterThan(MAX_INLINE_CHUNKS)
    expect(Buffer.concat(result.manifest.pieces).equals(result.chunks)).toBe(true)
    expect(result.manifest.pieces.map((piece) => Buffer.from(idOf(piece)).toString('hex'))).toEqual(
      unpackChunks(result.manifest.chunks).map(({ id }) => id),
    )
  })

  it('reads sparse files like others', async () => {
    const subject = nodeSubject()
    await open(subject)
    writeFileSync(join(subject.root, 'sparse'), 'x')
    truncateSync(join(subject.root, 'sparse'), 3_000_000)
    const [result] = await hash('sparse')
    expect(result).toMatchObject({ ok: true, size: 3_000_000 })
  })

  it('reads a file again that changed while it was read, and gives up when it does not stop', async () => {
    const subject = simSubject()
    const { user } = await open(subject)
    user.write('file', 'a'.repeat(100))
    let edits = 1
    subject.fs.hooks = {
      before({ call, name }) {
        if (call !== 'read' || name !== 'file' || edits === 0) return
        edits--
        const { hooks } = subject.fs
        subject.fs.hooks = {}
        user.write('file', 'b'.repeat(50 + edits))
        subject.fs.hooks = hooks
      },
    }
    const [result] = await hash('file')
    expect(result).toMatchObject({ ok: true, size: 50 })
    edits = 100
    expect(await hash('file')).toMatchObject([{ ok: false, code: 'changing' }])
  })

  it('reports an unreadable file and goes on', async () => {
    const { user } = await open(simSubject())
    user.write('closed', 'x')
    user.write('open', 'x')
    user.chmod('closed', 0o200)
    expect(await hash('closed', 'open')).toMatchObject([{ ok: false, code: 'unreadable' }, { ok: true }])
  })

  it('lets the next scan come back to a file written within the same tick of the disk’s clock', async () => {
    // A disk whose timestamps are ten seconds apart: an edit right after the look would not show.
    const subject = simSubject({ granularityMs: 10_000 })
    const { user } = await open(subject)
    user.write('file', 'one')
    await folder.note()
    const [result] = await hash('file')
    if (result?.ok !== true) throw new Error('not hashed')
    const before = (await folder.thing('file')).stat
    user.write('file', 'two')
    expect((await folder.thing('file')).stat).toEqual(before)
    expect(result.stat).not.toEqual(before)
    expect(await folder.disk.verify([{ path: 'file', expected: { kind: 'file', stat: result.stat } }])).toEqual([true])
    for (let at = 0; at < 11_000; at++) subject.clock.now()
    const [later] = await hash('file')
    expect(later).toMatchObject({ ok: true, stat: before })
  })

  it('does not read files again and again that come from before the clock was set back', async () => {
    let now = Date.UTC(2030, 0, 1)
    const clock: Clock = { ...steppingClock(), now: () => now }
    const { user } = await open(simSubject({ clock }))
    user.write('file', 'one')
    now = Date.UTC(2026, 0, 1)
    const { stat } = await folder.thing('file')
    expect(await hash('file')).toMatchObject([{ ok: true, stat }])
  })
})

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 25))
}
