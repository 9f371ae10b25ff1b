import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAX_TIME_US } from '#model'
import { kindOf, type Dir, type Filesystem, type OpenFile } from '#folder'

/** A filesystem to try, with an empty directory of its own, absolute. */
export interface Subject {
  fs: Filesystem
  root: string
  /** What this one cannot do. */
  without?: { hardLinks?: boolean; caseSensitivity?: boolean }
  close(): void
}

/** What every Filesystem must do; whoever writes another one runs this. */
export function filesystemSuite(name: string, open: () => Subject): void {
  describe(`the filesystem ${name}`, () => {
    let subject: Subject
    let fs: Filesystem
    let root: Dir

    beforeEach(() => {
      subject = open()
      fs = subject.fs
      root = fs.openRoot(subject.root)
    })

    afterEach(() => {
      fs.closeDir(root)
      subject.close()
    })

    function write(dir: Dir, file: string, text: string): void {
      const handle = fs.open(dir, file, 'create')
      fs.write(handle, Buffer.from(text), 0)
      fs.close(handle)
    }

    function text(dir: Dir, file: string): string {
      return using(fs.open(dir, file, 'read'), (handle) => {
        const bytes = new Uint8Array(100)
        return Buffer.from(bytes.subarray(0, fs.read(handle, bytes, 0))).toString()
      })
    }

    function using<T>(handle: OpenFile, run: (handle: OpenFile) => T): T {
      try {
        return run(handle)
      } finally {
        fs.close(handle)
      }
    }

    function code(run: () => unknown): string {
      try {
        run()
      } catch (error) {
        return (error as { code: string }).code
      }
      return 'none'
    }

    it('writes at offsets, leaves zeros between, and reads back up to the end', () => {
      const handle = fs.open(root, 'a', 'create')
      fs.write(handle, Buffer.from('end'), 10)
      fs.write(handle, Buffer.from('start'), 0)
      const bytes = new Uint8Array(20)
      expect(fs.read(handle, bytes, 0)).toBe(13)
      expect(Buffer.from(bytes.subarray(0, 13)).toString()).toBe('start\0\0\0\0\0end')
      expect(fs.read(handle, bytes, 13)).toBe(0)
      expect(fs.statFile(handle).size).toBe(13)
      fs.truncate(handle, 3)
      expect(fs.statFile(handle).size).toBe(3)
      fs.truncate(handle, 5)
      fs.close(handle)
      expect(text(root, 'a')).toBe('sta\0\0')
    })

    it('creates only what is not there', () => {
      write(root, 'a', 'x')
      expect(code(() => fs.open(root, 'a', 'create'))).toBe('EEXIST')
      expect(code(() => fs.open(root, 'b', 'read'))).toBe('ENOENT')
      expect(code(() => fs.open(root, 'b', 'write'))).toBe('ENOENT')
      expect(code(() => fs.mkdir(root, 'a'))).toBe('EEXIST')
      expect(code(() => fs.symlink(root, 'a', 'x'))).toBe('EEXIST')
      expect(text(root, 'a')).toBe('x')
    })

    it('tells what is there, and undefined where nothing is', () => {
      write(root, 'file', 'four')
      fs.mkdir(root, 'directory')
      fs.symlink(root, 'link', 'no/where')
      expect(kindOf(fs.stat(root, 'file')!)).toBe('file')
      expect(kindOf(fs.stat(root, 'directory')!)).toBe('directory')
      expect(kindOf(fs.stat(root, 'link')!)).toBe('symlink')
      expect(fs.stat(root, 'file')!.size).toBe(4)
      expect(fs.stat(root, 'nothing')).toBeUndefined()
      expect(fs.readlink(root, 'link')).toBe('no/where')
      expect(fs.list(root).sort()).toEqual(['directory', 'file', 'link'])
      expect(fs.statDir(root).ino).toBeGreaterThan(0)
    })

    it('surveys a directory below the root by its path', () => {
      fs.mkdir(root, 'a')
      const a = fs.openDir(root, 'a')
      fs.mkdir(a, 'b')
      const b = fs.openDir(a, 'b')
      write(b, 'file', 'x')
      const { names, found, invalid } = fs.survey(root, 'a/b')
      expect(names).toEqual(['file'])
      expect(found[0]).toMatchObject({ ino: fs.stat(b, 'file')!.ino, size: 1 })
      expect(invalid).toEqual([])
      expect(fs.survey(root, '').names).toEqual(['a'])
      expect(code(() => fs.survey(root, 'a/c'))).toBe('ENOENT')
      fs.closeDir(a)
      fs.closeDir(b)
    })

    it('opens no link, no directory as a file, and no file as a directory', () => {
      write(root, 'file', 'x')
      fs.mkdir(root, 'directory')
      fs.symlink(root, 'to-file', 'file')
      fs.symlink(root, 'to-directory', 'directory')
      expect(code(() => fs.open(root, 'to-file', 'read'))).toBe('ELOOP')
      expect(code(() => fs.open(root, 'to-file', 'write'))).toBe('ELOOP')
      expect(code(() => fs.open(root, 'directory', 'read'))).toBe('EISDIR')
      expect(['ENOTDIR', 'ELOOP']).toContain(code(() => fs.openDir(root, 'to-directory')))
      expect(code(() => fs.openDir(root, 'file'))).toBe('ENOTDIR')
      expect(code(() => fs.openDir(root, 'nothing'))).toBe('ENOENT')
    })

    it('does not write outside when an open directory is swapped for a link', () => {
      fs.mkdir(root, 'outside')
      fs.mkdir(root, 'inside')
      const inside = fs.openDir(root, 'inside')
      fs.rename(root, 'inside', root, 'moved')
      fs.symlink(root, 'inside', 'outside')
      code(() => write(inside, 'secret', 'x'))
      code(() => fs.mkdir(inside, 'more'))
      const outside = fs.openDir(root, 'outside')
      expect(fs.list(outside)).toEqual([])
      fs.closeDir(outside)
      fs.closeDir(inside)
    })

    it('renames over a file in one step, within and across directories', () => {
      fs.mkdir(root, 'd')
      const d = fs.openDir(root, 'd')
      write(root, 'new', 'new')
      write(d, 'old', 'old')
      const { ino } = fs.stat(root, 'new')!
      fs.rename(root, 'new', d, 'old')
      expect(text(d, 'old')).toBe('new')
      expect(fs.stat(d, 'old')!.ino).toBe(ino)
      expect(fs.stat(root, 'new')).toBeUndefined()
      fs.closeDir(d)
    })

    it('renames no file over a directory, and no directory over a file or a full directory', () => {
      write(root, 'file', 'x')
      fs.mkdir(root, 'empty')
      fs.mkdir(root, 'full')
      const full = fs.openDir(root, 'full')
      write(full, 'x', 'x')
      expect(code(() => fs.rename(root, 'file', root, 'empty'))).toBe('EISDIR')
      expect(code(() => fs.rename(root, 'empty', root, 'file'))).toBe('ENOTDIR')
      expect(code(() => fs.rename(root, 'empty', root, 'full'))).toMatch(/ENOTEMPTY|EEXIST/)
      expect(code(() => fs.rename(root, 'nothing', root, 'file'))).toBe('ENOENT')
      expect(text(root, 'file')).toBe('x')
      fs.closeDir(full)
    })

    it('moves a directory with what is in it, but not into itself', () => {
      fs.mkdir(root, 'a')
      const a = fs.openDir(root, 'a')
      write(a, 'x', 'x')
      expect(code(() => fs.rename(root, 'a', a, 'b'))).toBe('EINVAL')
      fs.rename(root, 'a', root, 'b')
      const b = fs.openDir(root, 'b')
      expect(text(b, 'x')).toBe('x')
      fs.closeDir(a)
      fs.closeDir(b)
    })

    it('removes files and links by unlink, empty directories by rmdir', () => {
      write(root, 'file', 'x')
      fs.symlink(root, 'link', 'file')
      fs.mkdir(root, 'directory')
      const directory = fs.openDir(root, 'directory')
      write(directory, 'x', 'x')
      expect(code(() => fs.rmdir(root, 'directory'))).toBe('ENOTEMPTY')
      expect(code(() => fs.rmdir(root, 'file'))).toBe('ENOTDIR')
      expect(code(() => fs.unlink(root, 'directory'))).toMatch(/EISDIR|EPERM/)
      expect(code(() => fs.unlink(root, 'nothing'))).toBe('ENOENT')
      fs.unlink(root, 'link')
      expect(text(root, 'file')).toBe('x')
      fs.unlink(root, 'file')
      fs.unlink(directory, 'x')
      fs.closeDir(directory)
      fs.rmdir(root, 'directory')
      expect(fs.list(root)).toEqual([])
    })

    it('gives a file a second name, never one that is taken, or says that it has no hard links', () => {
      write(root, 'a', 'x')
      write(root, 'taken', 'y')
      if (subject.without?.hardLinks === true) {
        expect(code(() => fs.link(root, 'a', root, 'b'))).toMatch(/EPERM|ENOTSUP|ENOSYS/)
        return
      }
      fs.link(root, 'a', root, 'b')
      expect(fs.stat(root, 'b')!.ino).toBe(fs.stat(root, 'a')!.ino)
      expect(fs.stat(root, 'a')!.nlink).toBe(2)
      expect(code(() => fs.link(root, 'a', root, 'taken'))).toBe('EEXIST')
      fs.unlink(root, 'a')
      expect(text(root, 'b')).toBe('x')
      expect(fs.stat(root, 'b')!.nlink).toBe(1)
    })

    it('lets what is open be read after its name is gone', () => {
      write(root, 'a', 'old')
      write(root, 'b', 'new')
      using(fs.open(root, 'a', 'read'), (handle) => {
        fs.rename(root, 'b', root, 'a')
        const bytes = new Uint8Array(3)
        fs.read(handle, bytes, 0)
        expect(Buffer.from(bytes).toString()).toBe('old')
      })
    })

    it('keeps times to the microsecond, and permissions, for files, by handle and by name', () => {
      const handle = fs.open(root, 'a', 'create')
      expect(fs.statFile(handle).mode & 0o777).toBe(0o600)
      for (const mtime of [1_700_000_000_123_457, 1_700_000_000_999_999, 1, 0, 999_999]) {
        fs.setFile(handle, 0o640, mtime)
        expect(micros(fs.statFile(handle).mtimeMs)).toBe(mtime)
      }
      expect(fs.statFile(handle).mode & 0o777).toBe(0o640)
      fs.close(handle)
      fs.setTime(root, 'a', 1_600_000_000_000_001)
      fs.setMode(root, 'a', 0o755)
      expect(micros(fs.stat(root, 'a')!.mtimeMs)).toBe(1_600_000_000_000_001)
      expect(fs.stat(root, 'a')!.mode & 0o777).toBe(0o755)
    })

    it('keeps times before 1970 and after 2262, of files and links', () => {
      write(root, 'a', 'x')
      fs.symlink(root, 'link', 'a')
      const far = [-14_400_000_000, -1_500_001, -1, -2_019_700_800_000_000, 9_999_936_000_000_000, 9_223_372_900_000_000]
      for (const mtime of far) {
        using(fs.open(root, 'a', 'write'), (handle) => fs.setFile(handle, 0o600, mtime))
        expect(micros(fs.stat(root, 'a')!.mtimeMs)).toBe(mtime)
        for (const name of ['link', 'a']) {
          fs.setTime(root, name, 1)
          fs.setTime(root, name, mtime)
          expect(micros(fs.stat(root, name)!.mtimeMs)).toBe(mtime)
        }
      }
    })

    it('takes a time that no disk holds for another one', () => {
      write(root, 'a', 'x')
      for (const mtime of [MAX_TIME_US, -MAX_TIME_US]) {
        fs.setTime(root, 'a', mtime)
        using(fs.open(root, 'a', 'write'), (handle) => fs.setFile(handle, 0o600, mtime))
        expect(Number.isFinite(fs.stat(root, 'a')!.mtimeMs)).toBe(true)
      }
    })

    it('sets the time of a link itself and never its permissions', () => {
      write(root, 'file', 'x')
      fs.setTime(root, 'file', 5_000_000)
      fs.symlink(root, 'link', 'file')
      fs.setTime(root, 'link', 7_000_000)
      expect(micros(fs.stat(root, 'link')!.mtimeMs)).toBe(7_000_000)
      expect(micros(fs.stat(root, 'file')!.mtimeMs)).toBe(5_000_000)
      expect(code(() => fs.setMode(root, 'link', 0o600))).toBe('EINVAL')
    })

    it('changes the permissions of a file that nobody may read', () => {
      write(root, 'a', 'x')
      fs.setMode(root, 'a', 0)
      fs.setMode(root, 'a', 0o600)
      expect(text(root, 'a')).toBe('x')
    })

    it('holds names of 255 bytes and refuses longer ones', () => {
      const longest = 'ü'.repeat(127) + 'x'
      write(root, longest, 'x')
      expect(fs.list(root)).toEqual([longest])
      expect(code(() => write(root, `${longest}y`, 'x'))).toBe('ENAMETOOLONG')
    })

    it('keeps names byte by byte', () => {
      if (subject.without?.caseSensitivity === true) {
        write(root, 'Readme', 'x')
        expect(fs.list(root)).toEqual(['Readme'])
        expect(fs.stat(root, 'README')!.ino).toBe(fs.stat(root, 'Readme')!.ino)
        fs.rename(root, 'Readme', root, 'README')
        expect(fs.list(root)).toEqual(['README'])
        return
      }
      const names = ['\u00e9', 'e\u0301', 'README', 'Readme', 'a b', '~']
      for (const each of names) write(root, each, each)
      expect(fs.list(root).sort()).toEqual(names.sort())
      expect(text(root, 'e\u0301')).toBe('e\u0301')
    })

    it('moves the change time with every write, though size and time stay', () => {
      write(root, 'a', 'one')
      const before = fs.stat(root, 'a')!
      later(before.ctimeMs)
      using(fs.open(root, 'a', 'write'), (handle) => fs.write(handle, Buffer.from('two'), 0))
      fs.setTime(root, 'a', Math.round(before.mtimeMs * 1000))
      const after = fs.stat(root, 'a')!
      expect(after.size).toBe(before.size)
      expect(after.ctimeMs).toBeGreaterThan(before.ctimeMs)
    })

    it('flushes files and directories, many at once', async () => {
      const handles = Array.from({ length: 40 }, (_, at) => {
        const handle = fs.open(root, `f${at}`, 'create')
        fs.write(handle, Buffer.from('x'), 0)
        return handle
      })
      await fs.flush([...handles, root])
      await fs.flush([])
      for (const handle of handles) fs.close(handle)
    })

    it('tells how much room is left', () => {
      const { freeBytes, totalBytes } = fs.space(root)
      expect(freeBytes).toBeGreaterThan(0)
      expect(totalBytes).toBeGreaterThanOrEqual(freeBytes)
    })

    /** Until the disk's clock has moved on. */
    function later(than: number): void {
      for (let at = 0; ; at++) {
        write(root, `tick${at}`, '')
        const now = fs.stat(root, `tick${at}`)!.ctimeMs
        fs.unlink(root, `tick${at}`)
        if (now > than) return
      }
    }
  })
}

function micros(ms: number): number {
  return Math.round(ms * 1000)
}
