import { HoldfastError } from '#base'
import type { FolderIndex, ShownEntry } from '#db'
import type { FolderDisk, Step, StepResult } from '#folder'
import { pathKey, recordTime } from '#model'

/**
 * Settles the conflict of a path (given itself, or by a derived file's name) on the disk, as a user would with the files: `mine`
 * keeps what shows at the path, `theirs` puts a derived file in its place, `both` makes the derived files files of their own, `.kept-` in place of `.conflict-` in their names. What
 * is replaced or removed goes to the archive; the scan that follows writes the records. Throws `not-found` where there is no
 * conflict, `usage` where `theirs` could be several, `conflict` when a file changed meanwhile.
 */
export async function resolveConflict(
  { index, disk }: { index: Pick<FolderIndex, 'conflicts' | 'rows'>; disk: Pick<FolderDisk, 'transition'> },
  path: string,
  keep: 'mine' | 'theirs' | 'both',
): Promise<void> {
  const conflicts = (await index.conflicts()).filter((item) => item.path === path || item.with === path)
  const [first, second] = conflicts
  if (first === undefined)
    throw new HoldfastError('not-found', `${path} is in no conflict`, { hint: 'holdfast conflicts lists them' })
  if (keep === 'theirs' && second !== undefined) {
    throw new HoldfastError('usage', `${path} has ${conflicts.length} other versions`, {
      hint: `say which: ${conflicts.map((item) => item.with).join(', ')}`,
    })
  }
  const [row] = await index.rows([first.path])
  const shown = row?.shown ?? []
  const derived = conflicts.flatMap((item) => shown.filter((entry) => entry.path === item.with))
  const main = shown.find((entry) => pathKey(entry.path) === pathKey(first.path)) ?? null
  if (derived.length === 0)
    throw new HoldfastError('not-found', `the other version of ${path} is not on this disk yet`, {
      hint: 'wait until the folder is synced',
    })
  const results = await disk.transition(derived.map((entry) => stepFor(keep, entry, main)))
  const failed = results.find((result): result is Exclude<StepResult, { ok: true }> => !result.ok)
  if (failed !== undefined) throw new HoldfastError('conflict', failed.message, { hint: 'scan the folder and look again' })
}

function stepFor(keep: 'mine' | 'theirs' | 'both', entry: ShownEntry, main: ShownEntry | null): Step {
  const expected = { kind: entry.kind, stat: entry.stat }
  const mtime = recordTime(entry.stat.mtimeMs)
  const { mode } = entry.stat
  switch (keep) {
    case 'mine':
      return { do: 'remove', path: entry.path, expected, archiveAs: archiveAs(entry) }
    case 'theirs':
      if (main === null)
        throw new HoldfastError('conflict', `nothing shows at the path of ${entry.path} now`, {
          hint: 'scan the folder and look again',
        })
      return {
        do: 'move',
        path: main.path,
        expected: { kind: main.kind, stat: main.stat },
        from: entry.path,
        fromExpected: expected,
        mode,
        mtime,
        archiveAs: archiveAs(main),
      }
    case 'both':
      // A derived file that gets a name of its own is a file of its own.
      return {
        do: 'move',
        path: keptPath(entry.path),
        expected: null,
        from: entry.path,
        fromExpected: expected,
        mode,
        mtime,
        archiveAs: null,
      }
  }
}

function keptPath(derived: string): string {
  const at = derived.lastIndexOf('.conflict-')
  return `${derived.slice(0, at)}.kept-${derived.slice(at + '.conflict-'.length)}`
}

function archiveAs({ version }: ShownEntry): string {
  return (version?.id ?? 'local').slice(0, 12)
}
