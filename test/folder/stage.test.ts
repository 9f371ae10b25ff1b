import { randomBytes } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Clock } from '#base'
import { packChunks, type ChunkRef } from '#model'
import { SimFilesystem } from '../simulator/sim-filesystem.ts'
import type { Subject } from './filesystem-suite.ts'
import { nodeSubject, simSubject, SUBJECTS } from './subjects.ts'
import { idOf, MTIME, stageFile, TestFolder } from './test-folder.ts'

let folder: TestFolder

afterEach(() => folder.close())

async function open(subject: Subject & { clock?: Clock }): Promise<TestFolder> {
  folder = await TestFolder.adopted(subject)
  return folder
}

const TMP = '.holdfast/tmp'

function pieces(...texts: string[]) {
  let offset = 0
  return texts.map((text) => {
    const write = { id: idOf(text), offset, bytes: new Uint8Array(Buffer.from(text)) }
    offset += text.length
    return write
  })
}

function list(...texts: string[]): Uint8Array {
  return packChunks(texts.map((text) => ({ id: Buffer.from(idOf(text)).toString('hex'), length: text.length }) as ChunkRef))
}

for (const [name, subject] of SUBJECTS) {
  describe(`staging on the disk ${name}`, () => {
    it('builds a file from pieces in any order, over several calls, from bytes and from files of the folder', async () => {
      const { user, disk } = await open(subject())
      user.write('source', 'XXXworldXXX')
      const [hello, , bang] = pieces('hello ', 'world', '!')
      expect(await disk.stage([{ name: 'v1', begun: false, writes: [bang!] }])).toEqual([{ ok: true, name: 'v1' }])
      const from = { id: idOf('world'), offset: 6, length: 5, from: { path: 'source', offset: 3 } }
      const finish = { size: 12, mode: 0o640, mtime: MTIME }
      expect(await disk.stage([{ name: 'v1', begun: true, writes: [from, hello!], finish }])).toEqual([{ ok: true, name: 'v1' }])
      expect(user.read(`${TMP}/v1`)).toBe('hello world!')
      const stat = user.at(`${TMP}/v1`, (dir, base) => user.fs.stat(dir, base))!
      expect(stat.mode & 0o777).toBe(0o640)
      expect(Math.round(stat.mtimeMs * 1000)).toBe(MTIME)
    })

    it('takes no piece that is not what its id says, and tells which; the others count', async () => {
      const { user, disk } = await open(subject())
      user.write('source', 'something else')
      const [good, bad] = pieces('good', 'bad')
      const forged = { ...bad!, bytes: new Uint8Array(Buffer.from('evil')) }
      const stale = { id: idOf('world'), offset: 4, length: 5, from: { path: 'source', offset: 3 } }
      const gone = { id: idOf('world'), offset: 4, length: 5, from: { path: '../outside', offset: 3 } }
      const [result] = await disk.stage([
        { name: 'v1', begun: false, writes: [forged, good!, stale, gone], finish: { size: 9, mode: 0o644, mtime: 0 } },
      ])
      expect(result).toMatchObject({ ok: false, code: 'mismatch', bad: [0, 2, 3] })
      expect(user.read(`${TMP}/v1`)).toBe('good')
      expect(await disk.resume('v1', list('good', 'bad!!'))).toEqual([0])
    })

    it('finishes empty files, files with time 0, and cuts what was longer', async () => {
      const { user, disk } = await open(subject())
      await disk.stage([{ name: 'v2', begun: false, writes: pieces('long content') }])
      const finish = { size: 4, mode: 0o600, mtime: 0 }
      expect(
        await disk.stage([stageFile('v1', '', { mtime: 0 }), { name: 'v2', begun: true, writes: [], finish }]),
      ).toMatchObject([{ ok: true }, { ok: true }])
      expect(user.read(`${TMP}/v1`)).toBe('')
      expect(user.read(`${TMP}/v2`)).toBe('long')
    })

    it('tells what an interrupted file holds, and cleans all but what is kept', async () => {
      const { user, disk } = await open(subject())
      const [one, , three] = pieces('one', 'two', 'three')
      await disk.stage([
        { name: 'v1', begun: false, writes: [one!, three!] },
        { name: 'v2', begun: false, writes: [one!] },
      ])
      expect(await disk.resume('v1', list('one', 'two', 'three'))).toEqual([0, 2])
      expect(await disk.resume('nothing', list('one'))).toEqual([])
      await disk.cleanStage(() => ['v1'])
      expect(user.names(TMP)).toEqual(['v1'])
      expect(await disk.resume('v1', list('one', 'two', 'three'))).toEqual([0, 2])
    })
  })
}

describe('staging', () => {
  it('refuses names that lead elsewhere', async () => {
    const { disk } = await open(nodeSubject())
    for (const name of ['../x', 'a/b', '', '~link', '.'])
      await expect(disk.stage([stageFile(name, 'x')])).rejects.toThrow('no name')
  })

  it('never writes through a link planted in tmp, nor into a file that is in place already', async () => {
    const subject = nodeSubject()
    const { disk, user } = await open(subject)
    user.write('live', 'live')
    user.write('other', 'other')
    symlinkSync('../../other', join(subject.root, TMP, 'v1'))
    linkSync(join(subject.root, 'live'), join(subject.root, TMP, 'v2'))
    expect(await disk.resume('v2', list('live'))).toEqual([])
    expect(await disk.stage([stageFile('v1', 'new'), stageFile('v2', 'new')])).toMatchObject([{ ok: true }, { ok: true }])
    expect(user.tree()).toEqual({ live: 'live', other: 'other' })
    expect(user.read(`${TMP}/v2`)).toBe('new')
  })

  it('makes no file with holes when what was staged before is gone', async () => {
    const { disk, user } = await open(simSubject())
    await disk.stage([{ name: 'v1', begun: false, writes: pieces('first half, ') }])
    await disk.cleanStage(() => [])
    const [, rest] = pieces('first half, ', 'second half')
    const finish = { size: 23, mode: 0o644, mtime: MTIME }
    expect(await disk.stage([{ name: 'v1', begun: true, writes: [rest!] }])).toMatchObject([{ ok: false, code: 'gone' }])
    expect(await disk.stage([{ name: 'v1', begun: true, writes: [], finish }])).toMatchObject([{ ok: false, code: 'gone' }])
    expect(user.names(TMP)).toEqual([])
    expect(await disk.stage([{ name: 'v1', begun: false, writes: [rest!], finish }])).toMatchObject([{ ok: false, code: 'io' }])
  })

  it('goes on with a file whose permissions would keep even its owner out', async () => {
    const { disk, user } = await open(simSubject())
    expect(await disk.stage([stageFile('v1', 'content', { mode: 0o000 })])).toMatchObject([{ ok: true }])
    expect(await disk.resume('v1', list('content'))).toEqual([0])
    expect(
      await disk.stage([{ name: 'v1', begun: true, writes: [], finish: { size: 7, mode: 0o400, mtime: MTIME } }]),
    ).toMatchObject([{ ok: true }])
    expect(user.read(`${TMP}/v1`)).toBe('content')
  })

  it('says that the disk is full, file by file', async () => {
    const subject = simSubject()
    const { disk, user } = await open(subject)
    subject.disk.capacity = 1_000
    subject.disk.capacity = subject.disk.used() + 100
    const results = await disk.stage([
      stageFile('v1', 'x'.repeat(60)),
      stageFile('v2', 'y'.repeat(60)),
      stageFile('v3', 'z'.repeat(30)),
    ])
    expect(results.map((result) => (result.ok ? 'ok' : result.code))).toEqual(['ok', 'full', 'ok'])
    expect(user.read(`${TMP}/v1`)).toBe('x'.repeat(60))
  })

  it('counts no file whose flush failed, and starts it anew', async () => {
    const subject = simSubject()
    const { disk, user } = await open(subject)
    subject.fs.hooks = {
      before({ call }) {
        if (call === 'flush') throw Object.assign(new Error('EIO: flush'), { code: 'EIO' })
      },
    }
    const part = { begun: false, writes: pieces('y') }
    expect(await disk.stage([stageFile('v1', 'x'), { name: 'v2', ...part }, { name: 'v3', ...part, flush: true }])).toMatchObject(
      [{ ok: false, code: 'io' }, { ok: true }, { ok: false, code: 'io' }],
    )
    subject.fs.hooks = {}
    expect(user.names(TMP)).toEqual(['v2'])
  })

  it('has finished files on the disk for good when it says so', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const subject = simSubject({}, seed)
      const { disk } = await open(subject)
      subject.disk.settle()
      const content = randomBytes(5_000)
      await disk.stage([stageFile('v1', content)])
      await disk.transition([
        { do: 'place', path: 'file', expected: null, staged: 'v1', size: 5_000, mtime: MTIME, archiveAs: null },
      ])
      subject.disk.crash()
      const after = new TestFolder({ ...subject, fs: new SimFilesystem(subject.disk) })
      expect(Buffer.compare(Buffer.from(readBytes(after, 'file')), content)).toBe(0)
    }
  })

  it('stages a thousand files of one call with few open at once', async () => {
    const subject = nodeSubject()
    const { disk } = await open(subject)
    const files = Array.from({ length: 1_000 }, (_, at) => stageFile(`v${at}`, `content ${at}`))
    expect((await disk.stage(files)).every(({ ok }) => ok)).toBe(true)
    expect(readdirSync(join(subject.root, TMP)).length).toBe(1_000)
    expect(readFileSync(join(subject.root, TMP, 'v777'), 'utf8')).toBe('content 777')
    expect(statSync(join(subject.root, TMP, 'v777')).mode & 0o777).toBe(0o644)
  })
})

function readBytes({ user }: TestFolder, path: string): Uint8Array {
  return user.at(path, (dir, name) => {
    const file = user.fs.open(dir, name, 'read')
    const bytes = new Uint8Array(user.fs.statFile(file).size)
    user.fs.read(file, bytes, 0)
    return bytes
  })
}
