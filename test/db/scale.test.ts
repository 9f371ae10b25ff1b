import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packChunks, type ChunkId } from '#model'
import type { LocalChange } from '../../src/db/folder-index.ts'
import { A, B, NOTHING, NOW, open, RULES } from './fixtures.ts'
import { temporary } from './temporary.ts'

const ENTRIES = 20_000
const PAGE = 256
/** DESIGN §5: bytes of the index for each current file. */
const GOAL_BYTES = 400

/** A tree like a package's dependencies: a directory to every eleven files, paths of 55 characters, files of 200 B to 20 KB. */
function entry(at: number): LocalChange {
  const module = Math.floor(at / 12)
  const directory = `packages/area-${module % 17}/module-${module}`
  if (at % 12 === 0)
    return { path: directory, kind: 'directory', stat: { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 1e6 + at, mode: 0o755 } }
  const path = `${directory}/lib/some-longer-file-name-${at}.js`
  const size = 200 + (at % 20_000)
  const chunks = packChunks([{ id: createHash('sha256').update(path).digest('hex') as ChunkId, length: size }])
  const stat = { size, mtimeMs: NOW - at * 1000.123, ctimeMs: NOW - at * 17.01, ino: 1e6 + at, mode: 0o644 }
  return { path, kind: 'file', stat, content: { chunker: 1, size, chunks } }
}

test('an index takes at most 400 bytes an entry, at the author and at a receiver', { timeout: 120_000 }, () => {
  const directory = temporary()
  const [one, two] = [open(A, { file: join(directory, 'a.db') }), open(B, { file: join(directory, 'b.db') })]
  for (let at = 0; at < ENTRIES; at += PAGE)
    one.author(
      Array.from({ length: Math.min(PAGE, ENTRIES - at) }, (_, plus) => entry(at + plus)),
      { now: NOW + at },
    )
  const [{ epoch } = { epoch: 0 }] = one.have()
  for (let seq = 1; seq <= ENTRIES; seq = (two.have()[0]?.seq ?? 0) + 1)
    two.ingest(one.batches(A.id, epoch, seq, 64 * 1024), RULES)
  for (let after: string | null = null, ino = 2e6; ;) {
    const rows = two.todo('change', PAGE, NOW, after)
    if (rows.length === 0) break
    after = rows.at(-1)!.path
    const shown = rows.map(({ heads: [head] }) => ({
      path: head!.path,
      kind: head!.kind as 'file',
      stat: { size: head!.size, mtimeMs: head!.mtime / 1000, ctimeMs: NOW + ino / 7, ino: ino++, mode: head!.mode },
      version: head!.id,
      source: head!.path,
      chunks: head!.chunks,
      chunker: head!.chunker,
      size: head!.size,
    }))
    two.commit({ ...NOTHING, shown, done: rows })
  }
  expect(one.totals()).toMatchObject({ entries: ENTRIES, needEntries: 0 })
  expect(two.totals()).toMatchObject({ entries: ENTRIES, bytes: one.totals().bytes, needEntries: 0, needBytes: 0 })
  const table = two.snapshot(null)
  expect(table.count).toBe(ENTRIES)
  one.close()
  two.close()
  for (const name of ['a.db', 'b.db']) expect(statSync(join(directory, name)).size / ENTRIES).toBeLessThan(GOAL_BYTES)
})
