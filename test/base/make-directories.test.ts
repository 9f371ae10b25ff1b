import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
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

test('several processes make the same directories at once', async () => {
  const module = JSON.stringify(new URL('../../src/base/make-directories.ts', import.meta.url).href)
  const code = `import { makeDirectories } from ${module}
for (let n = 0; n < 2000; n++) makeDirectories(${JSON.stringify(root)} + '/race/' + n + '/b/c/' + process.argv[1])`
  const runs = ['0', '1', '2', '3'].map((own) => promisify(execFile)(process.execPath, ['--input-type=module', '-e', code, own]))
  expect((await Promise.all(runs)).map((run) => run.stderr)).toEqual(['', '', '', ''])
})
