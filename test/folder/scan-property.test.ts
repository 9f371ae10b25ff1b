import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packStats, type StatRow } from '#model'
import { simSubject } from './subjects.ts'
import { EMPTY, rowsOf, TestFolder } from './test-folder.ts'

const PATH = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))
type Edit = { do: 'write' | 'mkdir' | 'symlink' | 'remove' | 'chmod'; path: string } | { do: 'rename'; path: string; to: string }
const EDIT: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), path: PATH }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('mkdir' as const, 'symlink' as const, 'remove' as const, 'chmod' as const),
      path: PATH,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rename' as const), path: PATH, to: PATH }) },
)

/** Paths where something may have changed, as a watcher would hint. */
function edit({ user }: TestFolder, change: Edit, at: number): string[] {
  try {
    switch (change.do) {
      case 'write':
        user.write(change.path, `content ${at}`)
        return [change.path]
      case 'rename':
        user.rename(change.path, change.to)
        return [change.path, change.to]
      case 'chmod':
        user.chmod(change.path, at % 2 === 0 ? 0o700 : 0o755)
        return [change.path]
      case 'symlink':
        user.symlink(change.path, `target ${at}`)
        return [change.path]
      default:
        user[change.do](change.path)
        return [change.path]
    }
  } catch {
    // What a disk refuses is no edit; directories on the way may have been made.
    return [change.path]
  }
}

function applied(known: readonly StatRow[], changed: readonly StatRow[], vanished: readonly string[]): StatRow[] {
  const rows = new Map(known.map((row) => [row.path, row]))
  for (const path of vanished) rows.delete(path)
  for (const row of changed) rows.set(row.path, row)
  return sorted([...rows.values()])
}

function sorted(rows: StatRow[]): StatRow[] {
  const comparable = rows.map((row) => (row.kind === 'directory' ? { ...row, stat: { ...row.stat, ino: 0 } } : row))
  return comparable.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

describe('what a scan reports', () => {
  it('turns the last look into the present one, for the whole tree and for scopes alike', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(EDIT, { maxLength: 12 }),
        fc.array(EDIT, { minLength: 1, maxLength: 8 }),
        async (before, after) => {
          const folder = await TestFolder.adopted(simSubject())
          before.forEach((change, at) => edit(folder, change, at))
          await folder.note()
          const known = folder.known
          const scopes = [...new Set(after.flatMap((change, at) => edit(folder, change, 100 + at)))]
          const present = sorted(rowsOf(await folder.disk.scan({ snapshot: EMPTY, scopes: null })))
          const whole = await folder.look()
          expect(applied(known, rowsOf(whole), whole.vanished)).toEqual(present)
          const part = await folder.look(scopes)
          expect(applied(known, rowsOf(part), part.vanished)).toEqual(present)
          const again = await folder.disk.scan({ snapshot: packStats(present), scopes: null })
          expect([again.changed.count, again.vanished]).toEqual([0, []])
        },
      ),
      { numRuns: 300 },
    )
  })
})
