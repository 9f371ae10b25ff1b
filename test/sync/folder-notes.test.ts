import { expect, it } from 'vitest'
import { silentLogger } from '#base'
import type { Activity } from '#db'
import { FolderNotes } from '../../src/sync/folder-notes.ts'
import { HandClock } from '../base/hand-clock.ts'
import { A } from '../db/fixtures.ts'

it('an edit of what another device had deleted is told, and that it stays', () => {
  const items: Omit<Activity, 'folder'>[] = []
  const notes = new FolderNotes({
    clock: new HandClock(),
    logger: silentLogger,
    activity: (more) => items.push(...more),
  })
  const paths = [
    { path: 'a', kind: 'changed' as const, deletedBy: A.id },
    { path: 'b', kind: 'added' as const },
  ]
  notes.authored({ records: 2, paths, refused: [], missed: [], have: [] })
  notes.kept([{ path: 'c', device: A.id }])
  expect(items.map(({ event, path, device, detail }) => [event, path, device, detail])).toEqual([
    ['changed', 'a', null, ''],
    ['added', 'b', null, ''],
    ['kept', 'a', A.id, 'edited here while it was deleted or renamed'],
    ['kept', 'c', A.id, 'edited here while it was deleted or renamed'],
  ])
})

it('what was renamed says where it was', () => {
  const items: Omit<Activity, 'folder'>[] = []
  const notes = new FolderNotes({ clock: new HandClock(), logger: silentLogger, activity: (more) => items.push(...more) })
  notes.authored({ records: 2, paths: [{ path: 'b', kind: 'renamed', from: 'a' }], refused: [], missed: [], have: [] })
  expect(items).toMatchObject([{ event: 'renamed', path: 'b', from: 'a', detail: '' }])
})
