import { describe, expect, it } from 'vitest'
import { seededRandom, type Random } from '#base'
import { MARKER, TreeDisk } from '#folder'
import { simSubject } from '../folder/subjects.ts'
import { DEVICE, FOLDER, KEYS, TestFolder } from '../folder/test-folder.ts'
import { BOUNDARIES } from '../../src/folder/boundaries.ts'
import { AGES } from '../../src/folder/archive-ages.ts'
import archive from './folder-archive.json' with { type: 'json' }
import mounts from './folder-mounts.json' with { type: 'json' }
import frozen from './folder.json' with { type: 'json' }

describe('what is in a folder', () => {
  it('has a marker that is read and written as ever', async () => {
    const subject = simSubject()
    const bytes = new Uint8Array(Buffer.from('00112233445566778899aabbccddeeff', 'hex'))
    const random: Random = { ...seededRandom(1), bytes: () => bytes }
    const { fs, root, clock } = subject
    const disk = new TreeDisk({ fs, clock, random }, { root, keys: KEYS, device: DEVICE })
    const { user } = new TestFolder(subject)
    const identity = await disk.adopt(FOLDER, null)
    expect(user.read(MARKER)).toBe(frozen.markerOfDevice)
    for (const [marker, device] of [[frozen.marker, null] as const, [frozen.markerOfDevice, DEVICE] as const]) {
      user.write(MARKER, marker)
      expect(await disk.check(identity)).toEqual({ ok: true })
      expect(await disk.marked()).toEqual({ folder: FOLDER, device })
      expect(await disk.adopt(FOLDER, identity.id)).toEqual(identity)
      expect(user.read(MARKER)).toBe(frozen.markerOfDevice)
    }
    user.write(MARKER, frozen.markerOfDevice.replace('"version":2', '"version":3'))
    await expect(disk.adopt(FOLDER, null)).rejects.toMatchObject({ code: 'unsupported' })
  })

  it('remembers where disks were mounted as ever', async () => {
    const subject = simSubject()
    const folder = await TestFolder.adopted(subject)
    for (const path of mounts.paths) folder.user.write(`${path}/x`, 'x')
    await folder.note()
    for (const path of mounts.paths) folder.user.remove(`${path}/x`)
    folder.user.write(BOUNDARIES, mounts.mounts)
    expect((await folder.look()).unmounted).toEqual(mounts.paths.map((path) => `${path}/x`).reverse())
    folder.user.remove(BOUNDARIES)
    const isMounted = (path: string): boolean => mounts.paths.includes(path.slice('/folder/'.length))
    for (const inode of subject.disk.all()) if (isMounted(inode.path)) inode.dev = 2
    await folder.look()
    expect(folder.user.read(BOUNDARIES)).toBe(mounts.mounts)
  })

  it('counts the days of what is in the archive as ever', async () => {
    const base = simSubject()
    const folder = await TestFolder.adopted({ ...base, clock: { ...base.clock, now: () => archive.wall } })
    for (const file of Object.keys(archive.files)) folder.user.write(`.holdfast/archive/${file}`, 'x')
    folder.user.write(AGES, archive.ages)
    const expired = await folder.disk.expired({ keepMs: 30 * 86_400_000, elapsedMs: 0 })
    expect(expired.map(({ name }) => name).sort()).toEqual(
      Object.entries(archive.files)
        .flatMap(([name, isOld]) => (isOld ? [name] : []))
        .sort(),
    )
    expect(folder.user.read(AGES)).toBe(archive.after)
  })

  it('has an archive whose names are made and read as ever', async () => {
    for (const { path, id, time, file } of frozen.archive) {
      const base = simSubject()
      const folder = await TestFolder.adopted({ ...base, clock: { ...base.clock, now: () => time } })
      folder.user.write(path, 'content')
      const [result] = await folder.disk.transition([{ do: 'remove', path, expected: await folder.thing(path), archiveAs: id }])
      const entry = { name: file, path, time, size: 7 }
      expect(result).toEqual({ ok: true, stat: null, archived: entry })
      expect(await folder.disk.archived()).toEqual([entry])
      expect(folder.user.read(`.holdfast/archive/${file}`)).toBe('content')
    }
  })
})
