import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../scripts/device.ts'
import { Cluster, settle } from './cluster.ts'
import { write } from './trees.ts'

const cluster = new Cluster()
let anna: Device
let root: string

beforeAll(async () => {
  ;[anna] = (await cluster.group(['anna'])) as [Device]
  ;[root] = (await cluster.share('docs', [anna], (at) => {
    for (const name of ['plan.txt', 'letter.txt', 'all/one.txt', 'all/two.txt', 'late/one.txt']) write(at, name, `first ${name}`)
  })) as [string]
  await anna.client.wait({ folder: 'docs', for: 'protected', timeoutSeconds: 60 })
})
afterAll(() => cluster.end())

const text = (path: string): string => readFileSync(join(root, path), 'utf8')
const versions = (path: string) => anna.client.versions({ folder: 'docs', path })

test('what was restored is taken back only as long as nobody has changed it since', async () => {
  const of = { folder: 'docs', path: 'plan.txt' }
  write(root, 'plan.txt', 'the second plan')
  await anna.client.scan({ folder: 'docs' })
  const [second, first] = await versions('plan.txt')
  const restored = await anna.client.restore({ ...of, version: first!.version })
  // Nobody has looked at this yet, and it is not to be lost.
  write(root, 'plan.txt', 'the third plan, of somebody else')
  const back = { ...of, version: second!.version, expected: restored.version }
  const conflict = { code: 'conflict', message: 'plan.txt was changed since: it stays as it is' }
  await expect(anna.client.restore(back)).rejects.toMatchObject(conflict)
  await expect(anna.client.removeEntries({ ...of, expected: restored.version })).rejects.toMatchObject(conflict)
  expect(text('plan.txt')).toBe('the third plan, of somebody else')
  const [third] = await versions('plan.txt')
  await anna.client.restore({ ...back, expected: third!.version })
  expect(text('plan.txt')).toBe('the second plan')
})

test('what was deleted comes back only where nothing has come in its place', async () => {
  const of = { folder: 'docs', path: 'letter.txt' }
  const [letter] = await versions('letter.txt')
  await anna.client.removeEntries({ ...of, expected: letter!.version })
  write(root, 'letter.txt', 'another letter')
  const back = { ...of, version: letter!.version, expected: '' }
  await expect(anna.client.restore(back)).rejects.toMatchObject({ code: 'conflict' })
  expect(text('letter.txt')).toBe('another letter')
  await anna.client.removeEntries(of)
  await anna.client.restore(back)
  expect(text('letter.txt')).toBe('first letter.txt')
})

test('of a directory that was restored goes what came with that, and stays what was changed since, or is new', async () => {
  const folder = 'docs'
  const at = (await anna.client.timeline({ folder, limit: 1 })).changes[0]!.time
  write(root, 'all/one.txt', 'the second one')
  await anna.client.removeEntries({ folder, path: 'all/two.txt' })
  const before = (await anna.client.timeline({ folder, limit: 1 })).changes[0]!.time
  await anna.client.restoreMoment({ folder, path: 'all', at })
  write(root, 'all/one.txt', 'of somebody else')
  write(root, 'all/three.txt', 'new')
  const taken = await anna.client.restoreMoment({ folder, path: 'all', at: before, expected: { at } })
  expect(taken).toMatchObject({ entries: 0, deleted: 1, delete: ['all/two.txt'], left: 2 })
  expect([text('all/one.txt'), text('all/three.txt')]).toEqual(['of somebody else', 'new'])
  await settle(folder, anna)
  expect(existsSync(join(root, 'all/two.txt'))).toBe(false)
})

test('a deleted directory comes back as it was deleted, with what nobody had looked at before, and beside what came since', async () => {
  const of = { folder: 'docs', path: 'late' }
  write(root, 'late/one.txt', 'edited a moment ago')
  const { before } = await anna.client.removeEntries({ ...of, recursive: true })
  expect(existsSync(join(root, 'late'))).toBe(false)
  write(root, 'late/three.txt', 'newer')
  await anna.client.restoreMoment({ ...of, at: before, keepNew: true })
  await settle('docs', anna)
  expect([text('late/one.txt'), text('late/three.txt')]).toEqual(['edited a moment ago', 'newer'])
  await expect(anna.client.restoreMoment({ ...of, at: before.replace(/\d+$/, '999999') })).rejects.toMatchObject({
    code: 'offline',
  })
})
