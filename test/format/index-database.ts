import { gunzipSync } from 'node:zlib'
import { readFileSync } from 'node:fs'
import { openFolderIndex, type SqliteFolderIndex } from '#db'
import { fromHex, packChunks, type ChunkId } from '#model'
import { author, epoch, folder } from './index-cases.ts'
import frozen from './index.json' with { type: 'json' }

const now = epoch / 1024
const other = { device: author, seed: new Uint8Array(32).fill(1) }

export function openMade(copy?: Uint8Array): SqliteFolderIndex {
  return openFolderIndex({ folder, device: other.device, seed: other.seed, file: ':memory:', foldsCase: true, now }, copy)
}

/** An index with something in every table; its bytes were frozen as folder-index-N.db.gz, N being the version. */
export function makeDatabase(): Uint8Array {
  const index = openMade()
  index.ingest([fromHex(frozen.batch)], { now, writers: [{ device: author }] })
  const stat = { size: 300, mtimeMs: now, ctimeMs: now + 0.5, ino: 42, mode: 0o644 }
  const [{ heads } = { heads: [] }] = index.rows(['Grüße/a b.txt'])
  const [head] = heads
  if (head === undefined) throw new Error('the batch has no such record')
  const { id: version, path: source } = head
  index.commit({
    shown: [{ path: source, kind: 'file', stat, version, source }],
    gone: [],
    done: index.todo('delete', 10, now, null),
    again: [],
    archived: [
      {
        name: '2026/a',
        path: 'a',
        time: now,
        size: 4,
        version: null,
        chunks: packChunks([{ id: 'c3'.repeat(32) as ChunkId, length: 4 }]),
      },
    ],
  })
  index.putManifestPieces([{ id: new Uint8Array(32).fill(0xd1), bytes: new Uint8Array([1, 2, 3]) }])
  index.author([{ path: 'local', kind: 'symlink', stat, target: 'x' }], { now, local: true })
  index.defer([
    {
      path: 'large.bin',
      revision: index.rows(['large.bin'])[0]?.revision ?? 0,
      until: now + 1000,
      problem: { path: 'large.bin', code: 'full', message: 'the disk is full' },
    },
  ])
  index.kept(index.toKeep(2, now).map((item, at) => ({ ...item, until: at === 0 ? null : now + 1000 })))
  return index.copy()
}

/** The same with a version that is forgotten: what folder-index-4.db.gz has. */
export function makeForgetful(): Uint8Array {
  const index = openMade(makeDatabase())
  index.author([{ path: 'gone', kind: 'directory', stat: { size: 0, mtimeMs: 0, ctimeMs: 0, ino: 1, mode: 0o755 } }], {
    now: now + 5_000,
  })
  index.forget(index.retainable(0).paths.flatMap((versions) => versions.map(({ record }) => record)))
  return index.copy()
}

/** The same with another version of the same path, which is lost: what folder-index-5.db.gz has. */
export function makeLosing(): Uint8Array {
  const index = openMade(makeForgetful())
  index.kept(index.toKeep(9, now).map((item) => ({ ...item, until: null, isHeld: item.version.path === 'gone' })))
  index.author([{ path: 'gone', kind: 'directory', stat: { size: 0, mtimeMs: 0, ctimeMs: 1, ino: 1, mode: 0o700 } }], {
    now: now + 9_000,
  })
  const { paths } = index.retainable(0)
  index.forgetGone(paths.flat(), now + 10_000)
  return index.copy()
}

/** The same with what was lost given up, and a last version of the path that was never kept: what folder-index-5-given-up.db.gz has. */
export function makeGivenUp(): Uint8Array {
  const index = openMade(makeLosing())
  index.forgetLost()
  for (const mode of [0o711, 0o777])
    index.author([{ path: 'gone', kind: 'directory', stat: { size: 0, mtimeMs: 0, ctimeMs: 2, ino: 1, mode } }], {
      now: now + 10_000 + mode,
    })
  index.forgetGone(
    [
      index
        .retainable(0)
        .paths.flat()
        .find(({ version, isHead }) => version.mode === 0o711 && !isHead)!,
    ],
    now + 12_000,
  )
  return index.copy()
}

/** The frozen one of a version, opened by what is there now. */
export function openFrozen(version: number | string): SqliteFolderIndex {
  return openMade(gunzipSync(readFileSync(new URL(`folder-index-${version}.db.gz`, import.meta.url))))
}

/** Everything that an index says. */
export function told(index: SqliteFolderIndex): object {
  const paths = ['Grüße', 'Grüße/a b.txt', 'large.bin', 'link', 'gone', 'local']
  return {
    totals: index.totals(),
    have: index.have(),
    rows: index.rows(paths),
    snapshot: index.snapshot(null),
    todo: [index.todo('change', 10, now, null), index.todo('delete', 10, now, null)],
    places: index.locate(fromHex('c2'.repeat(32) + 'c3'.repeat(32))),
    archived: index.isArchived(['2026/a', '2026/b']),
    pieces: index.manifestPieces(fromHex('d1'.repeat(32))),
    batches: index.batches(author, epoch, 1, 1),
    problems: index.problems(),
    local: index.localEdits(),
    list: index.list('', '', 100),
  }
}
