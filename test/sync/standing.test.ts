import { expect, test } from 'vitest'
import type { IndexTotals } from '#db'
import type { Role } from '#model'
import type { Hindered } from '../../src/sync/hindrance.ts'
import { standing, type Lacking } from '../../src/sync/standing.ts'

const none: IndexTotals = {
  ...{ entries: 4, bytes: 40, needEntries: 0, needBytes: 0, conflicts: 0, conflictFiles: 0, problems: 0, localEdits: 0 },
  ...{ superseded: 0, empty: false, revision: 1 },
}

const REST = {
  ...{
    paused: false,
    online: false,
    fault: null,
    held: 0,
    begun: 0,
    vanishing: 0,
    scanning: false,
    compared: true,
    backlog: 0,
    connected: 1,
    working: false,
    problems: 0,
  },
}

function of(role: Role, totals: Partial<IndexTotals> = {}, hindered: Hindered[] = [], lacking: Lacking[] = []) {
  return standing({ ...REST, role, hindered, lacking, totals: { ...none, ...totals } })
}

test('a device without a role in a folder is not called up to date', () => {
  expect(of('none')).toMatchObject({ state: 'idle', reasonCode: 'no-role' })
  expect(of('none', { localEdits: 1 }).reason).toMatch(/1 local edit stays here\.$/)
})

test('a device that only sends says what it does not take in', () => {
  expect(of('send-only')).toMatchObject({ reasonCode: 'up-to-date' })
  expect(of('send-only', { needEntries: 1 }).reason).toBe('This device only sends: 1 change by others is not taken in.')
  expect(of('send-only', { needEntries: 2 }).reason).toBe('This device only sends: 2 changes by others are not taken in.')
})

test('a device on which entries are still vanishing is not called up to date', () => {
  expect(standing({ ...REST, role: 'sync', hindered: [], lacking: [], totals: none, vanishing: 30 })).toEqual({
    state: 'syncing',
    reasonCode: 'vanishing',
    reason: '30 entries have vanished here; other devices hear of it once no more are vanishing.',
    values: { entries: 30 },
  })
})

test('one local edit stays, two stay', () => {
  expect(of('receive-only', { localEdits: 1 }).reason).toBe('1 local edit stays on this device.')
  expect(of('receive-only', { localEdits: 2 }).reason).toBe('2 local edits stay on this device.')
})

test('who is up to date says what keeps another device', () => {
  const laptop: Hindered = { name: 'laptop', hindrance: 'held' }
  expect(of('sync', {}, [laptop])).toEqual({
    state: 'idle',
    reasonCode: 'waits-elsewhere',
    reason: 'Up to date here; on laptop many entries vanished at once and wait there for a decision.',
    values: { device: 'laptop', hindrance: 'held', others: 0 },
  })
  const nas: Hindered = { name: 'nas', hindrance: 'paused' }
  expect(of('sync', {}, [nas]).reason).toBe('Up to date here; on nas the folder is paused.')
  expect(of('sync', {}, [laptop, nas]).reason).toMatch(/for a decision; 1 other device takes no part now either\.$/)
  expect(of('sync', {}, [laptop, nas, nas]).reason).toMatch(/; 2 other devices take no part now either\.$/)
})

test('who is up to date says which device is not, and does not call all up to date', () => {
  const nas: Lacking = { name: 'nas', entries: 1 }
  expect(of('sync', {}, [], [{ name: 'laptop', entries: 2 }, nas])).toEqual({
    state: 'idle',
    reasonCode: 'to-come-elsewhere',
    reason: 'Up to date here; laptop lacks 2 entries yet.',
    values: { device: 'laptop', entries: 2 },
  })
  expect(of('sync', {}, [], [nas]).reason).toBe('Up to date here; nas lacks 1 entry yet.')
  expect(of('sync', {}, [{ name: 'nas', hindrance: 'paused' }], [nas])).toMatchObject({ reasonCode: 'waits-elsewhere' })
})

test('what stays to be done here does not hide what keeps another device', () => {
  const c: Hindered = { name: 'c', hindrance: 'blocked' }
  const there = '; on c the folder is blocked, for a reason that is shown there.'
  expect(standing({ ...REST, role: 'sync', hindered: [c], lacking: [], totals: none, problems: 1 })).toEqual({
    state: 'idle',
    reasonCode: 'problems',
    reason: `Up to date but for 1 entry with a problem${there}`,
    values: { entries: 1, device: 'c', hindrance: 'blocked', others: 0 },
  })
  expect(of('receive-only', { localEdits: 1 }, [c]).reason).toBe(`1 local edit stays on this device${there}`)
  expect(of('send-only', { needEntries: 1 }, [c]).reason).toMatch(`not taken in${there}`)
})

test('who is at work while nothing is counted as missing does not say that it brings 0 entries here', () => {
  expect(standing({ ...REST, role: 'sync', hindered: [], lacking: [], totals: none, working: true })).toEqual({
    state: 'syncing',
    reasonCode: 'fetching',
    reason: 'At work on what has come from other devices.',
    values: { entries: 0 },
  })
})

test('what is to be done here comes first', () => {
  const hindered: Hindered[] = [{ name: 'laptop', hindrance: 'blocked' }]
  expect(of('sync', { needEntries: 1 }, hindered)).toMatchObject({ state: 'syncing' })
  expect(of('receive-only', { localEdits: 1 }, hindered)).toMatchObject({ reasonCode: 'local-edits' })
})

test('held deletions are told with what of their run went before', () => {
  const reason = (begun: number) =>
    standing({ ...REST, role: 'sync', hindered: [], lacking: [], totals: none, held: 40, begun }).reason
  expect(reason(0)).toMatch(/^40 entries vanished here at once\. .* bring them back\.$/)
  expect(reason(20)).toMatch(/ bring them back, with 20 more that went before\.$/)
})

test('a folder without a place on this disk needs nothing here, and says so', () => {
  const online = (more: Partial<typeof REST> = {}, hindered: Hindered[] = []) =>
    standing({ ...REST, online: true, role: 'sync', hindered, lacking: [], totals: { ...none, needEntries: 3 }, ...more })
  expect(online()).toMatchObject({ state: 'idle', reasonCode: 'online-only' })
  expect(online({ connected: 0 })).toMatchObject({ state: 'idle', reasonCode: 'alone' })
  expect(online({}, [{ name: 'laptop', hindrance: 'paused' }])).toMatchObject({ reasonCode: 'waits-elsewhere' })
})
