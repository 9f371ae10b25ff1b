import { HoldfastError } from '#base'
import type { Backend } from '#api'

type ContentBackend = Pick<Backend, 'readContent' | 'writeContent' | 'tree' | 'removeEntries'>

const ID = 'ab'.repeat(16)
const PIECE = 4
const DIRECTORY = { kind: 'directory', size: 0, mode: 0o755, mtime: 0, version: ID, target: '' } as const

/** Files in memory, by path, as MemoryBackend has them; `fault` is what reading one ends with after its first piece. */
export function memoryContent(files: Map<string, string>, fault: () => Error | null): ContentBackend {
  const text = (path: string): string => {
    const found = files.get(path)
    if (found !== undefined) return found
    throw new HoldfastError('not-found', `there is no ${path} in photos`, { hint: 'holdfast ls photos shows what there is' })
  }
  const item = (path: string) => ({
    path,
    kind: 'file' as const,
    size: text(path).length,
    mode: 0o640,
    mtime: 1_700_000_000_123_456,
    version: ID,
    target: '',
  })
  return {
    readContent: async ({ path }) => ({
      ...item(path),
      async *read({ start, end }) {
        const bytes = Buffer.from(text(path)).subarray(start, end)
        for (let at = 0; at < bytes.length; at += PIECE) {
          const broken = fault()
          if (broken !== null && at > 0) throw broken
          yield new Uint8Array(bytes.subarray(at, at + PIECE))
        }
      },
    }),
    async writeContent({ path, kind }, content) {
      let got = ''
      for await (const piece of content) got += Buffer.from(piece).toString()
      if (path === 'refused') throw new HoldfastError('denied', 'it is refused', { hint: 'choose another path' })
      if (kind === 'file') files.set(path, got)
      return { path, version: ID, bytes: kind === 'file' ? got.length : 0 }
    },
    async tree({ path, after }) {
      const within = [...files.keys()].filter((each) => each === path || path === '' || each.startsWith(`${path}/`))
      const above = new Set(within.flatMap((each) => (each.includes('/') ? [each.slice(0, each.indexOf('/'))] : [])))
      const items = [...[...above].map((each) => ({ ...DIRECTORY, path: each })), ...within.map(item)]
      return items.filter((each) => each.path > after).toSorted((a, b) => (a.path < b.path ? -1 : 1))
    },
    async removeEntries({ path }) {
      text(path)
      files.delete(path)
      return { path, entries: 1, bytes: 1, before: `${ID}.1.1` }
    },
  }
}
