import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeDirectories } from '#base'

const root = mkdtempSync(join(tmpdir(), 'holdfast-directories-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('directories are made with those above them, and one that is there stays', () => {
  const path = join(root, 'a', 'b', 'c')
  makeDirectories(path, 0o700)
  makeDirectories(path)
  for (const made of [path, join(root, 'a')]) expect(statSync(made).mode & 0o777).toBe(0o700)
})

test('what is no directory is in the way', () => {
  writeFileSync(join(root, 'file'), '')
  expect(() => makeDirectories(join(root, 'file'))).toThrow(/EEXIST/)
  expect(() => makeDirectories(join(root, 'file', 'below'))).toThrow(/ENOTDIR/)
})

test.runIf(process.platform === 'linux')('where the system makes none there is an end to it', () => {
  expect(() => makeDirectories('/proc/holdfast/below')).toThrow(/ENOENT/)
})
