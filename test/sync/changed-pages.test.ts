import { expect, it } from 'vitest'
import { packStats } from '#model'
import { changedPages } from '../../src/sync/changed-pages.ts'

function table(sizes: number[]) {
  return packStats(
    sizes.map((size, at) => ({
      path: `f${at}`,
      kind: 'file' as const,
      stat: { size, mtimeMs: 0, ctimeMs: 0, ino: at, mode: 0o644 },
    })),
  )
}

it('gives few entries first, then more, and each once', () => {
  const pages = [...changedPages(table(Array.from({ length: 4_000 }, () => 1)), new Set(['f7']))]
  expect(pages.map(({ length }) => length)).toEqual([128, 256, 512, 1024, 1024, 1024, 31])
  expect(new Set(pages.flat().map(({ path }) => path)).size).toBe(3_999)
})

it('gives large files in pages of their own', () => {
  const mib = 1024 * 1024
  const pages = [...changedPages(table([40 * mib, 40 * mib, 200 * mib, 1, 1]), new Set())]
  expect(pages.map((page) => page.map(({ path }) => path))).toEqual([['f0'], ['f1'], ['f2'], ['f3', 'f4']])
})
