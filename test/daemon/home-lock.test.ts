import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockHome } from '../../src/daemon/home-lock.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'holdfast-home-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

test('a home is made and locked, for its owner only, and refused to a second daemon', () => {
  const home = join(directory, 'home')
  const lock = lockHome(home)
  expect(statSync(home).mode & 0o777).toBe(0o700)
  expect(statSync(join(home, 'lock')).mode & 0o777).toBe(0o600)
  expect(() => lockHome(home)).toThrow(/is running already/)
  lock.release()
  lockHome(home).release()
})

test('a home that is a file is refused in plain words', () => {
  const home = join(directory, 'file')
  writeFileSync(home, '')
  expect(() => lockHome(home)).toThrow(`the home ${home} cannot be used: something else is there already`)
})
