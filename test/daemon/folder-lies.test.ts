import { expect, test } from 'vitest'
import type { Activity } from '#db'
import type { DeviceId, FolderId } from '#model'
import { FolderLies, type FolderLiesParts } from '../../src/daemon/folder-lies.ts'
import type { OpenFolder } from '../../src/daemon/folder-opener.ts'
import { lieProblems } from '../../src/daemon/lie-problems.ts'

test('who does not have what he says is told of once, and listed until he has it; who is full, say, is not', () => {
  const told: Activity[] = []
  const [ben, nas] = ['ben', 'nas'] as DeviceId[]
  let now = 1_000
  let obstacles: ReturnType<FolderLiesParts['obstacles']> = [
    { device: nas!, obstacle: 'full' },
    { device: ben!, obstacle: 'lies' },
  ]
  const lies = new FolderLies({
    folder: 'f' as FolderId,
    obstacles: () => obstacles,
    activity: (items) => told.push(...items),
    clock: { now: () => now },
  })
  const listed = (): string[] => {
    const folder = { stored: { name: 'letters' }, keeping: { lies } } as OpenFolder
    return lieProblems(folder, (device) => `${device}'s`).map(({ message, hint, since }) => [message, hint, since].join('; '))
  }
  lies.look()
  now = 2_000
  expect(listed()).toEqual([
    "ben's does not have all of its versions that it says it has; none of what it says counts as protected; on ben's: holdfast scrub; it is asked again by itself; 1970-01-01T00:00:01.000Z",
  ])
  expect(told.map(({ time, event, device, folder }) => [time, event, device, folder])).toEqual([[1_000, 'misbehaved', ben, 'f']])
  obstacles = []
  expect(listed()).toEqual([])
  obstacles = [{ device: ben!, obstacle: 'lies' }]
  lies.look()
  expect(told).toHaveLength(2)
})
