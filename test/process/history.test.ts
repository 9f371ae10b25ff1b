import { existsSync, readdirSync, rmSync } from 'node:fs'
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
