import { expect, it } from 'vitest'
import { mountPointsIn } from '../../src/folder/mount-points.ts'

const REST = 'rw,relatime shared:1 - ext4 /dev/vda1 rw'

/** As the kernel writes it: id, parent, point. */
function mountInfo(...mounts: [id: number, parent: number, point: string][]): string {
  return mounts.map(([id, parent, point]) => `${id} ${parent} 8:1 /from ${point} ${REST}\n`).join('')
}

const ROOT: [number, number, string] = [1, 0, '/']

it('tells what is mounted below a directory, at whatever depth, and not at it or beside it', () => {
  const mounts = mountInfo(
    ROOT,
    [2, 1, '/home'],
    [3, 2, '/home/anna'],
    [4, 3, '/home/anna/a'],
    [5, 4, '/home/anna/a/b/c'],
    [6, 2, '/home/annas/x'],
  )
  expect(mountPointsIn(mounts, '/home/anna').sort()).toEqual(['a', 'a/b/c'])
  expect(mountPointsIn(mounts, '/home/anna/b')).toEqual([])
  expect(mountPointsIn('', '/home/anna')).toEqual([])
})

it('reads names with blanks, line ends, backslashes, and letters beyond ASCII', () => {
  const mounts = Buffer.from(
    mountInfo(ROOT, [2, 1, String.raw`/f\303\274r/my\040disk`], [3, 1, String.raw`/für/a\011b\012c\134d`], [4, 1, '/für/ü']),
  )
  expect(mountPointsIn(mounts.toString('latin1'), '/für').sort()).toEqual(['a\tb\nc\\d', 'my disk', 'ü'])
})

it('tells a place once that several are mounted over one another at', () => {
  expect(mountPointsIn(mountInfo(ROOT, [2, 1, '/f/a'], [3, 2, '/f/a'], [4, 3, '/f/a/b']), '/f').sort()).toEqual(['a', 'a/b'])
})

it('leaves out what another mount hides', () => {
  // What is mounted at the folder itself, or above it, hides what was mounted in the one below.
  expect(mountPointsIn(mountInfo(ROOT, [2, 1, '/f/a'], [3, 2, '/f/a/b'], [4, 1, '/f']), '/f')).toEqual([])
  expect(mountPointsIn(mountInfo(ROOT, [2, 1, '/f/a/b'], [3, 1, '/f/a']), '/f')).toEqual(['a'])
  expect(mountPointsIn(mountInfo(ROOT, [2, 1, '/f'], [3, 2, '/f/a'], [4, 2, '/f']), '/f')).toEqual([])
  expect(mountPointsIn(mountInfo(ROOT, [2, 1, '/f/a'], [3, 1, '/']), '/f')).toEqual([])
})
