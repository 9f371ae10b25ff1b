import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { archivePlace, readArchivePlace } from '../../src/folder/archive-name.ts'
import type { Subject } from './filesystem-suite.ts'
import { SUBJECTS, temporaryDirectory } from './subjects.ts'
import { TestFolder } from './test-folder.ts'

const DAY = 86_400_000

async function filled(subject: Subject): Promise<TestFolder> {
  const folder = await TestFolder.adopted(subject)
  const { user, disk } = folder
  for (const path of ['docs/a.txt', 'docs/deep/b', 'c']) {
    user.write(path, `old ${path}`)
    await disk.transition([{ do: 'remove', path, expected: await folder.thing(path), archiveAs: 'v1' }])
  }
  return folder
}

for (const [name, subject] of SUBJECTS) {
  describe(`the archive on the disk ${name}`, () => {
    it('lists newest first, with path, time and size', async () => {
      const folder = await filled(subject())
      const entries = await folder.disk.archived()
      expect(entries.map(({ path }) => path)).toEqual(['c', 'docs/deep/b', 'docs/a.txt'])
      expect(entries.map(({ size }) => size)).toEqual(['old c', 'old docs/deep/b', 'old docs/a.txt'].map(({ length }) => length))
      expect(entries[0]!.time).toBeGreaterThan(entries[2]!.time)
      folder.close()
    })

    it('drops what is old enough, and the directories left empty', async () => {
      const folder = await filled(subject())
      const [newest, middle] = await folder.disk.archived()
      expect(await folder.disk.expireArchive(middle!.time)).toBe(1)
      expect(folder.user.tree('.holdfast/archive')).not.toHaveProperty('.holdfast/archive/docs/a.txt')
      expect(await folder.disk.expireArchive(newest!.time + DAY)).toBe(2)
      expect(folder.user.names('.holdfast/archive')).toEqual([])
      expect(await folder.disk.archived()).toEqual([])
      folder.close()
    })

    it('keeps two of the same name and version from the same moment', async () => {
      const folder = await TestFolder.adopted(subject())
      for (const content of ['one', 'two', 'three']) {
        folder.user.write('x', content)
        await folder.disk.transition([{ do: 'remove', path: 'x', expected: await folder.thing('x'), archiveAs: 'same' }])
      }
      expect(folder.user.archived()).toEqual(['one', 'three', 'two'])
      folder.close()
    })

    it('restores to the old path, with its directories, and never over anything', async () => {
      const opened = subject()
      const folder = await filled(opened)
      const { disk, user } = folder
      user.symlink('link', 'somewhere')
      await disk.transition([{ do: 'remove', path: 'link', expected: await folder.thing('link'), archiveAs: 'v1' }])
      user.remove('docs')
      for (const { name: entry } of await disk.archived()) await disk.restore(entry, null)
      expect(user.tree()).toEqual({
        c: 'old c',
        docs: '/',
        'docs/a.txt': 'old docs/a.txt',
        'docs/deep': '/',
        'docs/deep/b': 'old docs/deep/b',
        link: '→ somewhere',
      })
      user.write('c', 'edited')
      const { name: c } = (await disk.archived()).find(({ path }) => path === 'c')!
      await expect(disk.restore(c, null)).rejects.toMatchObject({ code: 'exists' })
      expect(user.read('c')).toBe('edited')
      expect(user.names('.holdfast/tmp')).toEqual([])
      for (const wrong of ['nothing', '../marker.json', 'c', '', 'docs', 'docs/../c']) {
        await expect(disk.restore(wrong, null)).rejects.toMatchObject({ code: 'not-found' })
      }
      expect((await disk.archived()).length).toBe(4)
      folder.close()
    })
  })
}

describe('the archive', () => {
  it('restores to a place outside the folder', async () => {
    const [, open] = SUBJECTS[0]!
    const folder = await filled(open())
    const outside = temporaryDirectory()
    const [entry] = await folder.disk.archived()
    const target = `${outside.path}/restored`
    expect(await folder.disk.restore(entry!.name, target)).toBe(target)
    await expect(folder.disk.restore(entry!.name, target)).rejects.toMatchObject({ code: 'exists' })
    await expect(folder.disk.restore(entry!.name, `${outside.path}/nothing/x`)).rejects.toMatchObject({ code: 'not-found' })
    outside.remove()
    folder.close()
  })

  it('tells path and time by the place alone, whatever the name', () => {
    const name = fc.oneof(
      fc.string({ minLength: 1, maxLength: 260, unit: 'grapheme' }),
      fc.stringMatching(/^[a-z~.]{1,12}~20260101T000000000Z~[a-z]{1,5}(\.[a-z]{1,4})?$/),
      fc.constantFrom('x'.repeat(255), 'ü'.repeat(127), '.hidden', 'a.tar.gz', 'dot.', '~', '.txt'),
    )
    const usable = name.filter((each) => Buffer.byteLength(each) <= 255 && !/[/\0]/.test(each) && each !== '.' && each !== '..')
    fc.assert(
      fc.property(fc.array(usable, { minLength: 1, maxLength: 3 }), fc.integer({ min: 0, max: 4e12 }), (names, time) => {
        const path = names.join('/')
        const place = archivePlace(path, 'v0_-Z', time)
        expect(readArchivePlace(place)).toEqual({ path, time })
        expect(Buffer.byteLength(place.file)).toBeLessThanOrEqual(255)
      }),
    )
  })
})
