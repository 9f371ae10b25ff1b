import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, expectSame, joinOffered, settle } from './cluster.ts'
import { noise, write } from './trees.ts'

const FILES = 3000
const CHANGED = 2000

const cluster = new Cluster()
let anna: Device
let ben: Device
let cleo: Device

beforeAll(async () => {
  ;[anna, ben, cleo] = (await cluster.group(['anna', 'ben', 'cleo'])) as [Device, Device, Device]
})
afterAll(() => cluster.end())

const path = (n: number): string => `d${n % 30}/file${n}`

function fill(root: string): void {
  for (let n = 0; n < FILES; n++) write(root, path(n), noise(2_000, `first ${n}`))
}

/** Of the first files one half goes and one half gets another content. */
function change(root: string): void {
  for (let n = 0; n < CHANGED; n++) {
    if (n < CHANGED / 2) rmSync(join(root, path(n)))
    else write(root, path(n), noise(3_000, `second ${n}`))
  }
}

/** How many files sync has replaced or removed in a tree. */
function archived(root: string): number {
  const archive = join(root, '.holdfast/archive')
  if (!existsSync(archive)) return 0
  return readdirSync(archive, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
}

test('who joins a folder that two devices wrote in builds what it is now, and nothing that it was', async () => {
  const [here, there] = (await cluster.share('two', [anna, ben], fill)) as [string, string]
  await settle('two', anna, ben)
  change(there)
  await settle('two', ben, anna)
  expect(archived(here)).toBe(CHANGED)
  await joinOffered(cleo, 'two', cluster.place(cleo, 'two'))
  await settle('two', cleo)
  expectSame(there, here, cluster.place(cleo, 'two'))
  expect(archived(cluster.place(cleo, 'two'))).toBe(0)
})

test('a part of a folder is again what it was at a time, and back again, and nothing else changes', async () => {
  const files = (root: string, names: Record<string, string>): void => {
    for (const [name, text] of Object.entries(names)) write(root, name, text)
  }
  const [here, there] = (await cluster.share('past', [anna, ben], (root) => {
    files(root, { 'docs/plan.txt': 'the plan', 'docs/deep/old.txt': 'old', 'docs-2.txt': 'beside', 'other.txt': 'one' })
  })) as [string, string]
  await settle('past', anna, ben)
  const told = await ben.client.timeline({ folder: 'past' })
  expect(told.changes.map(({ path: name, cause, by }) => `${name} ${cause} ${by}`).toSorted()).toEqual(
    ['docs', 'docs-2.txt', 'docs/deep', 'docs/deep/old.txt', 'docs/plan.txt', 'other.txt'].map((name) => `${name} added anna`),
  )
  const at = told.changes[0]!.time
  rmSync(join(there, 'docs'), { recursive: true })
  files(there, { 'docs/new.txt': 'new', 'other.txt': 'two, longer', 'docs-2.txt': 'beside it' })
  await settle('past', ben, anna)
  const before = (await anna.client.timeline({ folder: 'past', limit: 1 })).changes[0]!.time
  const { changes, next } = await anna.client.timeline({ folder: 'past', path: 'docs/', device: 'ben', limit: 2 })
  const rest = await anna.client.timeline({ folder: 'past', path: 'docs', device: 'ben', before: next! })
  const all = [...changes, ...rest.changes].map(({ path: name, cause, sizeBefore }) => `${name} ${cause} ${sizeBefore}`)
  expect(all).toHaveLength(4)
  expect(all).toContain('docs/plan.txt deleted 8')
  expect(rest.next).toBeNull()
  const density = await ben.client.density({ folder: 'past', parts: 5 })
  expect(density.counts.reduce((sum, count) => sum + count, 0)).toBe(12)
  expect(density.earliest! <= at).toBe(true)

  // Not looked at yet, and not to be lost.
  write(here, 'docs/new.txt', 'newer')
  const how = { folder: 'past', path: 'docs', at }
  const dry = await anna.client.restoreMoment({ ...how, dryRun: true })
  expect(dry).toMatchObject({ to: null, entries: 3, bytes: 11, deleted: 1, delete: ['docs/new.txt'], missingEntries: 0 })
  expect(existsSync(join(here, 'docs/plan.txt'))).toBe(false)
  expect(await anna.client.restoreMoment(how)).toEqual(dry)
  await settle('past', anna, ben)
  expectSame(here, there)
  expect(readdirSync(join(there, 'docs'), { recursive: true }).toSorted()).toEqual(['deep', 'deep/old.txt', 'plan.txt'])
  expect(await ben.client.restoreMoment({ ...how, dryRun: true })).toMatchObject({ entries: 0, deleted: 0 })
  expect(readFileSync(join(there, 'other.txt'), 'utf8')).toBe('two, longer')
  expect(readFileSync(join(there, 'docs-2.txt'), 'utf8')).toBe('beside it')
  expect((await anna.client.versions({ folder: 'past', path: 'docs/new.txt' })).map(({ size }) => size)).toEqual([0, 5, 3])

  await ben.client.restoreMoment({ ...how, at: before })
  await settle('past', ben, anna)
  expect(readdirSync(join(here, 'docs'))).toEqual(['new.txt'])
  expect(readFileSync(join(here, 'docs/new.txt'), 'utf8')).toBe('new')
  const to = join(cluster.directory, 'copy')
  expect(await ben.client.restoreMoment({ ...how, to })).toMatchObject({ to, entries: 3, deleted: 0 })
  expect(readdirSync(to, { recursive: true }).toSorted()).toEqual(['deep', 'deep/old.txt', 'plan.txt'])
  expect(await ben.cli('restore', 'past', '--at', at, '--recursive')).toMatchObject({ to: null, deleted: 1 })
  await settle('past', ben, anna)
  expect(readFileSync(join(here, 'other.txt'), 'utf8')).toBe('one')
  expectSame(here, there)

  // Of what is there now nothing goes where that is wanted: what was deleted comes back beside it.
  rmSync(join(here, 'docs/plan.txt'))
  files(here, { 'docs/deep/old.txt': 'older', 'docs/late.txt': 'late' })
  const kept = await anna.client.restoreMoment({ ...how, keepNew: true })
  expect(kept).toMatchObject({ entries: 1, write: [{ path: 'docs/plan.txt' }], deleted: 0 })
  await settle('past', anna, ben)
  expect(readFileSync(join(there, 'docs/plan.txt'), 'utf8')).toBe('the plan')
  expect(readFileSync(join(there, 'docs/deep/old.txt'), 'utf8')).toBe('older')
  // Nothing was known of it then: all of it would go.
  await expect(anna.client.restoreMoment({ ...how, path: 'docs/late.txt' })).rejects.toMatchObject({
    code: 'not-found',
    hint: expect.stringContaining('holdfast rm past/docs/late.txt') as string,
  })
  expect(await anna.client.restoreMoment({ ...how, path: 'docs/late.txt', dryRun: true })).toMatchObject({ deleted: 1 })
  expect(readFileSync(join(here, 'docs/late.txt'), 'utf8')).toBe('late')

  const found = await anna.client.search({ query: 'PLAN', deleted: true, folder: 'past' })
  expect(found).toMatchObject({ items: [{ folder: 'past', path: 'docs/plan.txt', size: 8, state: 'here' }], more: false })
  const gone = await anna.client.search({ query: 'docs new', deleted: true, limit: 1 })
  expect(gone).toMatchObject({ items: [{ path: 'docs/new.txt', state: 'deleted', modified: null }], more: false })
  expect(await anna.client.search({ query: 'docs new' })).toEqual({ items: [], more: false })
  await expect(anna.client.restoreMoment({ ...how, to: 'copy' })).rejects.toMatchObject({ code: 'usage' })
  const early = new Date(Date.parse(density.earliest!) - 1).toISOString()
  await expect(anna.client.restoreMoment({ folder: 'past', at: early })).rejects.toMatchObject({ code: 'not-found' })
  await expect(anna.client.restoreMoment({ folder: 'past', path: 'never', at })).rejects.toMatchObject({ code: 'not-found' })
  await expect(anna.client.timeline({ folder: 'past', before: '?' })).rejects.toMatchObject({ code: 'usage' })
})
