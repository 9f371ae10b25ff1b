import { cpSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '#base'
import { MARKER, TreeDisk } from '#folder'
import { deviceIdOf } from '#model'
import { nodeSubject, steppingClock, SUBJECTS } from './subjects.ts'
import { DEVICE, FOLDER, KEYS, TestFolder } from './test-folder.ts'

const OTHER = 'bbbbbbbbbbbbbbbbbbbbbbbbba'
const OTHER_DEVICE = deviceIdOf(new Uint8Array(32).fill(4))

for (const [name, subject] of SUBJECTS) {
  describe(`a root on the disk ${name}`, () => {
    it('is adopted once, known again, and refused to another folder', async () => {
      const folder = new TestFolder(subject())
      const { disk, user } = folder
      expect(await disk.marked()).toBeNull()
      const identity = await disk.adopt(FOLDER, null)
      expect(identity.id).toMatch(/^[0-9a-f]{32}$/)
      expect(await disk.check(identity)).toEqual({ ok: true })
      expect(await disk.marked()).toEqual({ folder: FOLDER, device: DEVICE })
      expect(await disk.adopt(FOLDER, null)).toEqual(identity)
      expect(await disk.adopt(FOLDER, identity.id)).toEqual(identity)
      await expect(disk.adopt(OTHER, null)).rejects.toMatchObject({ code: 'exists' })
      expect(JSON.parse(user.read(MARKER))).toEqual({ version: 2, folder: FOLDER, device: DEVICE, root: identity.id })
      expect(user.names('.holdfast').toSorted()).toEqual(['archive', 'marker.json', 'tmp'])
      folder.close()
    })

    it('is not known when its marker is missing, another one, or damaged', async () => {
      const folder = new TestFolder(subject())
      const { disk, user } = folder
      const identity = await disk.adopt(FOLDER, null)
      user.write(MARKER, '{"version":1,')
      expect(await disk.check(identity)).toMatchObject({ ok: false, reasonCode: 'marker-damaged' })
      await expect(disk.adopt(FOLDER, null)).rejects.toMatchObject({ code: 'corrupt' })
      await disk.release()
      expect(await disk.check(identity)).toMatchObject({ ok: false, reasonCode: 'marker-missing' })
      expect(await disk.marked()).toBeNull()
      const anew = await disk.adopt(FOLDER, null)
      expect(anew.id).not.toBe(identity.id)
      expect(await disk.check(identity)).toMatchObject({ ok: false, reasonCode: 'marker-changed' })
      expect(await disk.adopt(FOLDER, identity.id)).toEqual(identity)
      expect(await disk.check(identity)).toEqual({ ok: true })
      folder.close()
    })

    it('has its damaged marker replaced for the folder it is known for, but no newer one', async () => {
      const folder = new TestFolder(subject())
      const { disk, user } = folder
      const identity = await disk.adopt(FOLDER, null)
      for (const text of ['garbage', '', '"text"', '{"version":1}', '{"version":2,"folder":"a","root":"b"}']) {
        user.write(MARKER, text)
        expect(await disk.adopt(FOLDER, identity.id)).toEqual(identity)
        expect(await disk.check(identity)).toEqual({ ok: true })
      }
      user.write(MARKER, '{"version":3,"seal":"…"}')
      expect(await disk.check(identity)).toMatchObject({ reasonCode: 'marker-changed', reason: expect.stringContaining('newer') })
      await expect(disk.adopt(FOLDER, identity.id)).rejects.toMatchObject({ code: 'unsupported' })
      folder.close()
    })

    it('is refused to another device, which is told so and takes no mark away', async () => {
      const opened = subject()
      const folder = new TestFolder(opened)
      const { fs, root } = opened
      const parts = { fs, clock: steppingClock(), random: seededRandom(2) }
      const theirs = new TreeDisk(parts, { root, keys: KEYS, device: OTHER_DEVICE })
      const identity = await folder.disk.adopt(FOLDER, null)
      for (const id of [null, identity.id]) await expect(theirs.adopt(FOLDER, id)).rejects.toMatchObject({ code: 'exists' })
      expect(await theirs.check(identity)).toMatchObject({
        reasonCode: 'marker-changed',
        reason: expect.stringContaining(DEVICE.slice(-8)),
      })
      await theirs.release()
      expect(await folder.disk.check(identity)).toEqual({ ok: true })
      await folder.disk.release()
      expect(await theirs.adopt(FOLDER, identity.id)).toEqual(identity)
      expect(await folder.disk.check(identity)).toMatchObject({ reasonCode: 'marker-changed' })
      folder.close()
    })

    it('tells the room left and whether names fold', async () => {
      const opened = subject()
      const folder = await TestFolder.adopted(opened)
      expect(await folder.disk.space()).toEqual({
        freeBytes: expect.any(Number),
        totalBytes: expect.any(Number),
        foldsCase: opened.without?.caseSensitivity === true,
      })
      folder.close()
    })

    it('is left as it is when it is only the empty directory that a disk was mounted at', async () => {
      const opened = subject()
      const { fs, root } = opened
      const folder = new TestFolder(opened)
      await folder.disk.space()
      await folder.disk.expired({ keepMs: 0, elapsedMs: 0 })
      await folder.disk.cleanStage(() => [])
      const dir = fs.openRoot(root)
      expect(fs.list(dir)).toEqual([])
      fs.closeDir(dir)
      folder.close()
    })
  })
}

describe('a root', () => {
  it('is not known when it is missing, or is a copy of what it was', async () => {
    const subject = nodeSubject()
    const { disk } = new TestFolder(subject)
    const identity = await disk.adopt(FOLDER, null)
    renameSync(subject.root, `${subject.root}-away`)
    expect(await disk.check(identity)).toMatchObject({ ok: false, reasonCode: 'root-missing' })
    await expect(
      disk.scan({ snapshot: { count: 0, paths: '', kinds: new Uint8Array(0), stats: new Float64Array(0) }, scopes: null }),
    ).rejects.toMatchObject({ code: 'blocked' })
    writeFileSync(subject.root, '')
    expect(await disk.check(identity)).toMatchObject({ ok: false, reasonCode: 'root-no-directory' })
    rmSync(subject.root)
    cpSync(`${subject.root}-away`, subject.root, { recursive: true })
    expect(await disk.check(identity)).toMatchObject({ ok: false, reasonCode: 'root-replaced' })
    subject.close()
    renameSync(`${subject.root}-away`, subject.root)
    expect(await disk.check(identity)).toEqual({ ok: true })
    subject.close()
  })

  it('may be reached by a link', async () => {
    const subject = nodeSubject()
    const { fs } = subject
    const dir = fs.openRoot(subject.root)
    fs.mkdir(dir, 'real')
    fs.symlink(dir, 'link', 'real')
    fs.closeDir(dir)
    const disk = new TreeDisk(
      { fs, clock: steppingClock(), random: seededRandom(1) },
      { root: `${subject.root}/link`, keys: KEYS, device: DEVICE },
    )
    const identity = await disk.adopt(FOLDER, null)
    expect(await disk.check(identity)).toEqual({ ok: true })
    subject.close()
  })
})
