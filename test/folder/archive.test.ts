import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { packChunks, toHex, type ChunkId } from '#model'
import { archivePlace, readArchivePlace } from '../../src/folder/archive-name.ts'
import type { Subject } from './filesystem-suite.ts'
import { nodeSubject, SUBJECTS, temporaryDirectory } from './subjects.ts'
import { idOf, TestFolder } from './test-folder.ts'

function chunksOf(text: string): Uint8Array {
  return packChunks([{ id: toHex(idOf(text)) as ChunkId, length: text.length }])
}

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

    it('drops what it is told to, and the directories left empty', async () => {
      const folder = await filled(subject())
      const { disk, user } = folder
      const [c, b, a] = await disk.archived()
      expect(await disk.dropArchived([{ name: a!.name, content: null }])).toEqual([{ name: a!.name, late: null }])
      expect((await disk.archived()).map(({ path }) => path)).toEqual(['c', 'docs/deep/b'])
      const asked = ['nothing', c!.name, b!.name, a!.name].map((each) => ({ name: each, content: null }))
      expect((await disk.dropArchived(asked)).map(({ late }) => late)).toEqual([null, null, null, null])
      expect(user.names('.holdfast/archive')).toEqual([])
      expect(await disk.archived()).toEqual([])
      folder.close()
    })

    it('reads again what is no longer as it was when its content was looked at', async () => {
      const folder = await filled(subject())
      const { disk, user } = folder
      const [c, b] = await disk.archived()
      const looked = await disk.hash(
        [c!, b!].map(({ name, size }) => ({
          path: `.holdfast/archive/${name}`,
          stat: { size, mtimeMs: 0, ctimeMs: 0, ino: 0, mode: 0 },
          chunker: null,
        })),
      )
      const requests = [c!, b!].map(({ name, size, path }, at) => {
        const found = looked[at]!
        if (!found.ok) throw new Error(found.message)
        return { name, content: { size, chunks: chunksOf(`old ${path}`) }, found: found.stat }
      })
      user.write(`.holdfast/archive/${b!.name}`, 'new docs/deep/b')
      const [dropped, late] = await disk.dropArchived(requests)
      expect(dropped).toEqual({ name: c!.name, late: null })
      expect(user.read(late!.late!)).toBe('new docs/deep/b')
      folder.close()
    })

    it('gives back what was written to after it came there', async () => {
      const folder = await filled(subject())
      const { disk, user } = folder
      const texts = new Map([
        ['docs/a.txt', 'old docs/a.txt'],
        ['docs/deep/b', 'old docs/deep/b'],
        ['c', 'old c'],
      ])
      const entries = await disk.archived()
      const [late, longer] = entries.filter(({ path }) => path !== 'c')
      user.write(`.holdfast/archive/${late!.name}`, 'new docs/deep/b')
      user.write(`.holdfast/archive/${longer!.name}`, 'old docs/a.txt and more')
      user.remove('docs')
      const dropped = await disk.dropArchived(
        entries.map(({ name: each, path, size }) => ({ name: each, content: { size, chunks: chunksOf(texts.get(path)!) } })),
      )
      expect(dropped.map((each) => each.late?.replace(/\d/g, '0') ?? null)).toEqual([
        null,
        'docs/deep/b.late-00000000-000000',
        'docs/a.late-00000000-000000.txt',
      ])
      expect(dropped.slice(1).map(({ late: path }) => user.read(path!))).toEqual(['new docs/deep/b', 'old docs/a.txt and more'])
      expect(await disk.archived()).toEqual([])
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

  it('is listed and dropped however long a path in it is, along with the rest', async () => {
    const folder = await filled(nodeSubject())
    const { disk } = folder
    const deep = Array.from({ length: 16 }, (_, at) => String(at % 10).repeat(254))
    const path = `${deep.join('/')}/${'f'.repeat(4096 - 16 * 255)}`
    const above = deep.map((_, at) => deep.slice(0, at + 1).join('/'))
    await disk.transition(above.map((each) => ({ do: 'directory', path: each, expected: null, mode: 0o755, archiveAs: null })))
    const [placed] = await disk.transition([
      { do: 'place', path, expected: null, ...(await folder.stage('deep')), archiveAs: null },
    ])
    if (placed?.ok !== true) throw new Error(placed?.message)
    await disk.transition([{ do: 'remove', path, expected: { kind: 'file', stat: placed.stat! }, archiveAs: 'v2' }])
    const entries = await disk.archived()
    expect(entries.map((entry) => entry.path).sort()).toEqual([path, 'c', 'docs/a.txt', 'docs/deep/b'].sort())
    expect((await disk.dropArchived(entries.map(({ name }) => ({ name, content: null })))).length).toBe(4)
    expect(await disk.archived()).toEqual([])
    expect(folder.user.names('.holdfast/archive')).toEqual([])
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
