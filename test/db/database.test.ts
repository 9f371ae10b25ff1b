import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { HoldfastError } from '#base'
import { folderIdOf } from '#model'
import { openDeviceStore } from '../../src/db/device-database.ts'
import { openFolderIndex } from '../../src/db/open-folder-index.ts'
import { A, author, B, file, heads, missing, NOTHING, NOW, open, row, send } from './fixtures.ts'
import { temporary } from './temporary.ts'

/** The code and message of the HoldfastError that `work` throws. */
function failure(work: () => unknown): { code: string; message: string } {
  try {
    work()
  } catch (error) {
    if (error instanceof HoldfastError) return { code: error.code, message: error.message }
    throw error
  }
  throw new Error('it did not fail')
}

test('an index is the same after it was closed and opened again', () => {
  const path = join(temporary(), 'index.db')
  const before = open(A, { file: path })
  author(before, file('a', 'one'), file('b', 'two'))
  before.commit({ ...NOTHING, again: ['b'] })
  const [totals, rows, batches] = [before.totals(), before.rows(['a', 'b']), missing(before, open(B))]
  before.close()
  expect(existsSync(`${path}-wal`)).toBe(false)
  const after = open(A, { file: path })
  expect([after.totals(), after.rows(['a', 'b']), missing(after, open(B))]).toEqual([totals, rows, batches])
  author(after, file('a', 'three'))
  expect(heads(after, 'a')).toEqual(['file 5'])
  after.close()
  after.close()
})

test('its file is for its user alone', () => {
  const path = join(temporary(), 'index.db')
  const index = open(A, { file: path })
  author(index, file('a', 'one'))
  for (const name of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(name).mode & 0o777).toBe(0o600)
  index.close()
})

test('a copy is an index of its own', () => {
  const index = open(A)
  author(index, file('a', 'one'))
  const copy = open(A, { copy: index.copy(), now: NOW + 1 })
  author(copy, file('a', 'other'))
  expect(heads(index, 'a')).toEqual(['file 3'])
  expect(heads(copy, 'a')).toEqual(['file 5'])
})

test('a database of a newer Holdfast is refused, and left as it is', () => {
  const path = join(temporary(), 'index.db')
  open(A, { file: path }).close()
  const db = new DatabaseSync(path)
  db.exec('PRAGMA user_version = 99')
  db.close()
  expect(failure(() => open(A, { file: path }))).toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining(path) as string,
  })
  expect(new DatabaseSync(path).prepare('PRAGMA user_version').get()).toEqual({ user_version: 99 })
})

test('a file that is none, or a damaged one, is told of by its name', () => {
  const path = join(temporary(), 'index.db')
  writeFileSync(path, 'this is a text and no database, and long enough to be one'.repeat(100))
  expect(failure(() => open(A, { file: path }))).toMatchObject({
    code: 'corrupt',
    message: expect.stringContaining(path) as string,
  })

  const damaged = join(temporary(), 'damaged.db')
  const index = open(A, { file: damaged })
  author(index, ...Array.from({ length: 500 }, (_, at) => file(`f${at}`, `${at}`)))
  index.close()
  const bytes = readFileSync(damaged)
  bytes.fill(0xa5, 4096 * 3, bytes.length)
  writeFileSync(damaged, bytes)
  const read = (): unknown => {
    const again = open(A, { file: damaged })
    return [again.snapshot(null), again.rows(['f1', 'f400']), again.todo('change', 10, 0, null), again.problems()]
  }
  expect(failure(read)).toMatchObject({ code: 'corrupt', message: expect.stringContaining(damaged) as string })
})

test('the index of another folder, or a database of another kind, is refused', () => {
  const path = join(temporary(), 'index.db')
  open(A, { file: path }).close()
  const settings = { folder: folderIdOf(new Uint8Array(16)), device: A.id, seed: A.seed, file: path, foldsCase: false, now: NOW }
  expect(failure(() => openFolderIndex(settings)).code).toBe('corrupt')
  expect(failure(() => openDeviceStore(path)).code).toBe('corrupt')
})

test('a directory that is missing or may not be written is told of', () => {
  const directory = temporary()
  expect(failure(() => open(A, { file: join(directory, 'missing', 'index.db') })).code).toBe('not-found')
  if (process.getuid?.() === 0) return
  chmodSync(directory, 0o500)
  expect(failure(() => open(A, { file: join(directory, 'index.db') })).code).toBe('denied')
})

test('a migration that was stopped in between goes on where it stopped', () => {
  const path = join(temporary(), 'index.db')
  const db = new DatabaseSync(path)
  db.exec('BEGIN; CREATE TABLE state (one); ROLLBACK')
  db.close()
  const index = open(A, { file: path })
  author(index, file('a', 'one'))
  expect(index.totals().entries).toBe(1)
  index.close()
})

test('a disk that folds case now finds twins among the paths known before', () => {
  const path = join(temporary(), 'index.db')
  const before = open(A, { file: path })
  author(before, file('A', 'one'), file('b', 'two'))
  before.close()
  const after = open(A, { file: path, foldsCase: true })
  expect(row(after, 'A').twin).toBe(null)
  expect(row(after, 'a').twin).toBe('A')
  author(after, file('B', 'three'))
  expect(row(after, 'B').twin).toBe('b')
  after.close()
})

test(
  'killed in the middle of its work, nothing that was answered is lost, and the rest is whole',
  { timeout: 60_000 },
  async () => {
    const path = join(temporary(), 'index.db')
    let acknowledged = 0
    for (const calls of [3, 11, 6]) {
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'author-loop.ts'), path],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      let seen = 0
      for await (const line of createInterface(child.stdout)) {
        if (++seen === calls) child.kill('SIGKILL')
        acknowledged = Number(line)
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      expect(seen).toBeGreaterThanOrEqual(calls)
      const index = open(A, { file: path })
      expect(index.have().at(-1)!.seq).toBeGreaterThanOrEqual(acknowledged)
      const peer = open(B)
      expect(send(index, peer).fault).toBeUndefined()
      expect(peer.have()).toEqual(index.have())
      for (const name of ['d0/f0', 'd3/f10']) expect(row(peer, name).heads).toEqual(row(index, name).heads)
      expect(index.totals().entries).toBe(index.snapshot(null).count)
      index.close()
      const db = new DatabaseSync(path)
      expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      db.close()
    }
  },
)
