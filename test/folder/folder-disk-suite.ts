import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FolderDisk } from '#folder'
import { packChunks, tablePaths, toHex, type ChunkId } from '#model'
import { DEVICE, EMPTY, FOLDER, idOf, MTIME, stageFile, type TestFolder } from './test-folder.ts'

export interface FolderDiskSubject {
  /** Of an empty directory, not adopted. */
  folder: TestFolder
  /** Such a disk with another root, which is a name in the root of the first. */
  below(name: string): FolderDisk
}

const NOTHING = { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 }

/** What a FolderDisk promises (see there), for every one that there is; what each call does to a tree is tried call by call, beside this. */
export function folderDiskSuite(name: string, open: () => FolderDiskSubject): void {
  describe(`a disk ${name}`, () => {
    let subject: FolderDiskSubject
    let folder: TestFolder
    let disk: FolderDisk

    beforeEach(() => {
      subject = open()
      folder = subject.folder
      disk = folder.disk
    })

    afterEach(() => folder.close())

    it('says whose the root is, from its adoption to its release', async () => {
      expect(await disk.marked()).toBe(null)
      const identity = await disk.adopt(FOLDER, null)
      expect(await disk.adopt(FOLDER, identity.id)).toEqual(identity)
      expect([await disk.marked(), await disk.check(identity)]).toEqual([{ folder: FOLDER, device: DEVICE }, { ok: true }])
      await disk.release()
      expect(await disk.marked()).toBe(null)
      expect(await disk.check(identity)).toMatchObject({ ok: false, reasonCode: 'marker-missing' })
      const [, , again] = await Promise.all([disk.adopt(FOLDER, null), disk.release(), disk.adopt(FOLDER, null)])
      expect(await disk.check(again)).toEqual({ ok: true })
    })

    it('finds what is new, reads it, and tells whether it is as expected', async () => {
      const { user } = folder
      await disk.adopt(FOLDER, null)
      user.write('dir/file', 'content')
      user.symlink('link', 'dir')
      const scanned = await disk.scan({ snapshot: EMPTY, scopes: null })
      expect(tablePaths(scanned.changed).toSorted()).toEqual(['dir', 'dir/file', 'link'])
      expect(scanned.targets.get('link')).toBe('dir')
      const file = await folder.thing('dir/file')
      expect(
        await disk.verify([
          { path: 'dir/file', expected: file },
          { path: 'link', expected: null },
        ]),
      ).toEqual([true, false])
      const hashed = await disk.hash([{ path: 'dir/file', stat: file.stat, chunker: null }])
      expect(hashed).toMatchObject([
        { ok: true, size: 7, chunks: packChunks([{ id: toHex(idOf('content')) as ChunkId, length: 7 }]) },
      ])
      const place = { id: idOf('content'), path: 'dir/file', offset: 0, length: 7 }
      const read = await disk.read([place, { ...place, offset: 1 }])
      expect(read.map((bytes) => bytes && Buffer.from(bytes).toString())).toEqual(['content', null])
    })

    it('brings a staged file into place, keeps what was there, and gives it back or drops it', async () => {
      const { user } = folder
      await disk.adopt(FOLDER, null)
      user.write('file', 'content')
      const expected = await folder.thing('file')
      expect(await disk.stage([stageFile('v1', 'new')])).toEqual([{ ok: true, name: 'v1' }])
      const place = { do: 'place', path: 'file', expected, staged: 'v1', size: 3, mtime: MTIME, archiveAs: 'v0' } as const
      expect(await disk.transition([place])).toMatchObject([{ ok: true, archived: { path: 'file', size: 7 } }])
      expect(await disk.transition([place])).toMatchObject([{ ok: false, code: 'changed' }])
      expect(user.read('file')).toBe('new')
      user.remove('file')
      const archived = await disk.archived()
      await disk.restore(archived[0]!.name, null)
      expect(user.read('file')).toBe('content')
      await expect(disk.restore(archived[0]!.name, null)).rejects.toMatchObject({ code: 'exists' })
      expect(await disk.expired({ keepMs: 0, elapsedMs: 0 })).toEqual(archived)
      expect(await disk.dropArchived([{ name: archived[0]!.name, content: null }])).toHaveLength(1)
      expect(await disk.archived()).toEqual([])
    })

    it('goes on with a staged file that was not finished, unless it is to be removed', async () => {
      await disk.adopt(FOLDER, null)
      const write = { id: idOf('half'), offset: 4, bytes: new Uint8Array(Buffer.from('half')) }
      await disk.stage([{ name: 'v1', begun: false, writes: [write] }])
      const chunks = packChunks(['none', 'half'].map((text) => ({ id: toHex(idOf(text)) as ChunkId, length: 4 })))
      expect(await disk.resume('v1', chunks)).toEqual([1])
      await disk.cleanStage(() => ['v1'])
      expect(await disk.resume('v1', chunks)).toEqual([1])
      await disk.cleanStage(() => [])
      expect(await disk.resume('v1', chunks)).toEqual([])
    })

    it('answers in the order of what was asked, and with what failed among it', async () => {
      await disk.adopt(FOLDER, null)
      const paths = Array.from({ length: 450 }, (_, at) => `file-${at}`)
      for (const path of paths) if (path !== 'file-7') folder.user.write(path, path)
      const results = await disk.hash(paths.map((path) => ({ path, stat: { ...NOTHING, size: 8 }, chunker: null })))
      expect(results.map(({ path }) => path)).toEqual(paths)
      expect(results[7]).toMatchObject({ ok: false, code: 'gone' })
      for (const result of results.toSpliced(7, 1)) expect(result.ok && result.chunks.subarray(0, 32)).toEqual(idOf(result.path))
    })

    it('takes the calls that change the tree one after another, and is closed when they have ended', async () => {
      await disk.adopt(FOLDER, null)
      await disk.stage([stageFile('v1', 'new'), stageFile('v2', 'kept')])
      const done: string[] = []
      const note = (what: string) => () => void done.push(what)
      const base = { expected: null, archiveAs: null }
      const calls = [
        disk.transition([{ ...base, do: 'directory', path: 'dir', mode: 0o755 }]).then(note('directory')),
        disk.transition([{ ...base, do: 'place', path: 'dir/file', staged: 'v1', size: 3, mtime: MTIME }]).then(note('file')),
        disk
          .cleanStage(() => {
            note('asked')()
            return ['v2']
          })
          .then(note('clean')),
        disk.close().then(note('closed')),
      ]
      await Promise.all(calls)
      expect(done).toEqual(['directory', 'file', 'asked', 'clean', 'closed'])
      expect(folder.user.read('dir/file')).toBe('new')
      expect(folder.user.names('.holdfast/tmp')).toEqual(['v2'])
    })

    it('passes over what is ignored, and tells when the rules changed', async () => {
      await disk.adopt(FOLDER, null)
      folder.user.write('a.tmp', 'x')
      const entries = ['a.tmp', 'b'].map((path) => ({ path, isDirectory: false }))
      const look = async () => (await disk.scan({ snapshot: EMPTY, scopes: null })).ignoreChanged
      expect([await look(), await disk.ignored(entries)]).toEqual([false, [false, false]])
      folder.user.write('.holdfastignore', '*.tmp\n')
      expect([await look(), await look()]).toEqual([true, false])
      expect(await disk.ignored(entries)).toEqual([true, false])
      expect(tablePaths((await disk.scan({ snapshot: EMPTY, scopes: null })).changed)).toEqual(['.holdfastignore'])
    })

    it('tells what other ignore rules would do, and of an ignored directory only that', async () => {
      await disk.adopt(FOLDER, null)
      for (const path of ['a.tmp', 'b.log', 'out/1.log', 'out/sub/2', 'build/x', 'build/y/z.log', 'keep'])
        folder.user.write(path, 'x')
      expect(await disk.ignoreFile()).toEqual(new Uint8Array(0))
      folder.user.write('.holdfastignore', '*.tmp\nbuild/\n')
      expect(Buffer.from(await disk.ignoreFile()).toString()).toBe('*.tmp\nbuild/\n')
      const compare = (text: string, limit = 10, signal = new AbortController().signal) =>
        disk.compareRules(Buffer.from(text), { limit, signal })
      expect(await compare('*.tmp\nbuild/\n')).toEqual({ ignored: 2, newlyIgnored: [], noLonger: [], faults: [] })
      expect(await compare('*.log\nout\n')).toEqual({
        ignored: 3,
        newlyIgnored: ['b.log', 'out'],
        noLonger: ['a.tmp', 'build'],
        faults: [],
      })
      expect((await compare('*.log\nout\n', 1)).newlyIgnored).toEqual(['b.log'])
      expect(await compare('# nothing\nphotos[\n')).toEqual({
        ignored: 0,
        newlyIgnored: [],
        noLonger: ['a.tmp', 'build'],
        faults: [{ number: 2, text: 'its [ is never closed' }],
      })
      expect((await compare('*.tmp\n*\n')).faults).toMatchObject([{ number: 2, text: expect.stringContaining('everything') }])
      expect(Buffer.from(await disk.ignoreFile()).toString()).toBe('*.tmp\nbuild/\n')
    })

    it('rejects what it cannot do at all, with what to do about it', async () => {
      const lost = subject.below('nothing')
      const blocked = { code: 'blocked', hint: expect.stringContaining('connected') as string }
      await expect(lost.scan({ snapshot: EMPTY, scopes: null })).rejects.toMatchObject(blocked)
      const step = { do: 'directory', path: 'new', expected: null, mode: 0o755, archiveAs: null } as const
      await expect(lost.transition([step])).rejects.toMatchObject(blocked)
      expect(await lost.check({ id: 'x', ino: 1, dev: 1 })).toMatchObject({ ok: false, reasonCode: 'root-missing' })
      await expect(disk.restore('no such name', null)).rejects.toMatchObject({ code: 'not-found' })
    })

    it('knows how much room there is, and whether names fold case', async () => {
      await disk.adopt(FOLDER, null)
      const { freeBytes, foldsCase } = await disk.space()
      expect(freeBytes).toBeGreaterThan(0)
      folder.user.write('Name', 'x')
      expect(foldsCase).toBe(folder.user.kind('nAME') !== undefined)
      expect(folder.user.names('.holdfast/tmp')).toEqual([])
    })
  })
}
