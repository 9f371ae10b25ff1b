import { expect, test } from 'vitest'
import { encodeRecord, type DeviceId } from '#model'
import { PathCauses } from '../../src/db/path-causes.ts'
import type { Tables } from '../../src/db/tables/index.ts'
import { A, content, NOW } from './fixtures.ts'

const LARGE = 26_000

test('two paths of very many versions may take turns, with others between', () => {
  const { chunks, size } = content('x')
  const body = encodeRecord({
    ...{ path: 'a', kind: 'file', mode: 0o644, mtime: 1, size, hlc: NOW * 1024, chunker: 1, chunks, manifest: false },
    ...{ target: '', vector: [[A.id, 1]] },
  })
  const sizes = new Map([
    [1, LARGE],
    [2, LARGE],
    [3, LARGE],
  ])
  const tables = {
    records: {
      lastOfPath: (path: number) => path * 100_000,
      bodiesOfPath: (path: number) =>
        Array.from({ length: sizes.get(path) ?? 1 }, (_, at): [number, Uint8Array] => [path * 100_000 + at, body]),
    },
    chains: { placeOf: (record: number) => ({ author: 'anna' as DeviceId, epoch: 1, seq: record }) },
  } as unknown as Tables
  const causes = new PathCauses(tables)
  const look = (path: number): unknown => causes.of(path, path * 100_000)
  for (const path of [1, 2, 1, 4, 2, 5, 1, 6, 2]) look(path)
  expect(causes.read).toBe(2 * LARGE + 3)
  for (const path of [3, 2, 3, 2]) look(path)
  expect(causes.read).toBe(3 * LARGE + 3)
  look(1)
  expect(causes.read).toBe(4 * LARGE + 3)
})
