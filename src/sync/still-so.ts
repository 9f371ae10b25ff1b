import type { LocalChange } from '#db'
import type { Expected, FolderDisk } from '#folder'
import { parentPath, pathKey } from '#model'
import type { LocalMove } from './local-moves.ts'

interface Item {
  path: string
  expected: Expected
}

/**
 * For each change: is the disk still as it says? Files that moved with their directory are not looked at one by one, since none
 * of them has been anywhere else: if one is there, and the old directory is not, they all are, as they were when the scan saw them.
 * What was done to them since is the next scan's to find.
 */
export async function areStillSo(
  disk: Pick<FolderDisk, 'verify'>,
  changes: readonly LocalChange[],
  moves: ReadonlyMap<string, LocalMove>,
): Promise<boolean[]> {
  const items: Item[] = []
  const groups = new Map<string, number[]>()
  const asked = changes.map((change): number[] => {
    const within = change.kind === 'moved' ? (moves.get(change.path)?.within ?? null) : null
    if (within === null) return expectedOf(change).map((item) => items.push(item) - 1)
    const group = `${within}\0${parentPath(change.path)}`
    const known = groups.get(group)
    if (known !== undefined) return known
    const [there] = expectedOf(change)
    const places = [...(there === undefined ? [] : [there]), { path: within, expected: null }].map((item) => items.push(item) - 1)
    groups.set(group, places)
    return places
  })
  const answers = await disk.verify(items)
  return asked.map((places) => places.every((at) => answers[at] === true))
}

/** What is to be at the paths of a change, its own first. */
function expectedOf(change: LocalChange): Item[] {
  const { path } = change
  if (change.kind === 'tombstone') return [{ path, expected: null }]
  if (change.kind !== 'moved') return [{ path, expected: { kind: change.kind, stat: change.stat } }]
  const there: Item = { path, expected: { kind: 'file', stat: change.stat } }
  return pathKey(change.from) === pathKey(path) ? [there] : [there, { path: change.from, expected: null }]
}
