import type { ListItem } from '#api/contract'
import { joined, nameOf, parentOf } from './rows.ts'

/** Something that somebody dropped or chose, at a path relative to where it goes. */
export interface Dropped {
  path: string
  kind: 'file' | 'directory'
  /** null for a directory. */
  file: File | null
}

/** What to do with one that has the name of something that is there. */
export type Answer = 'replace' | 'both' | 'skip'

/** One of those, and what is there. */
export interface Collision {
  item: Dropped
  there: ListItem
  /** A file takes a file's place, as its next version; where a directory is in the way, or one would go where a file is, none does. */
  canReplace: boolean
}

/** One thing to send. */
export interface Sending {
  /** In the folder. */
  path: string
  kind: 'file' | 'directory'
  file: File | null
  /** The version that it takes the place of. */
  replaces: string | null
}

/** Where something goes: a directory of a folder whose disk may take `A` for `a`. */
export interface Into {
  into: string
  foldsCase: boolean
}

/** What paths are compared by, as the daemon does: accents may be spelt in two ways, and some disks choose the other one, or know no case. */
export function keyOf(path: string, foldsCase: boolean): string {
  const composed = path.normalize('NFC')
  return foldsCase ? composed.toLowerCase().toUpperCase().normalize('NFC') : composed
}

/** Which of the dropped ones have the name of something that is there; of what goes into one of these nothing is said. `there`: by `keyOf` their paths. Pure. */
export function collisionsOf(
  items: readonly Dropped[],
  { into, foldsCase }: Into,
  there: ReadonlyMap<string, ListItem>,
): Collision[] {
  const blocked = new Set<string>()
  const collisions: Collision[] = []
  for (const item of withDirectories(items)) {
    if (isBelow(item.path, blocked)) continue
    const found = there.get(keyOf(joined(into, item.path), foldsCase))
    if (found === undefined || (found.kind === 'directory' && item.kind === 'directory')) continue
    const canReplace = item.kind === 'file' && found.kind !== 'directory'
    if (item.kind === 'directory') blocked.add(item.path)
    collisions.push({ item, there: found, canReplace })
  }
  return collisions
}

/** What is sent, as was answered by the dropped ones' paths; what collides and has no answer is not. Pure. */
export function planOf(
  items: readonly Dropped[],
  goal: Into,
  there: ReadonlyMap<string, ListItem>,
  answers: ReadonlyMap<string, Answer>,
): Sending[] {
  const { into, foldsCase } = goal
  const taken = new Set([...there.keys(), ...items.map(({ path }) => keyOf(joined(into, path), foldsCase))])
  const collides = new Map(collisionsOf(items, goal, there).map((each) => [each.item.path, each]))
  /** Directories that got another name, and those that are left out. */
  const moved = new Map<string, string>()
  const left = new Set<string>()
  const sendings: Sending[] = []
  for (const { path, kind, file, isImplied } of withDirectories(items)) {
    if (isBelow(path, left)) continue
    const collision = collides.get(path)
    const answer = collision === undefined ? 'replace' : (answers.get(path) ?? 'skip')
    if (answer === 'skip' || (answer === 'replace' && collision?.canReplace === false)) {
      if (kind === 'directory') left.add(path)
      continue
    }
    const parent = moved.get(parentOf(path)) ?? joined(into, parentOf(path))
    const wanted = joined(parent, nameOf(path))
    const found = there.get(keyOf(wanted, foldsCase))
    // In another case it is what is there, which keeps its name.
    const same = foldsCase && found !== undefined ? found.path : wanted
    const to = answer === 'both' ? freeName(wanted, kind, taken, foldsCase) : same
    taken.add(keyOf(to, foldsCase))
    if (kind === 'directory') moved.set(path, to)
    if (isImplied) continue
    if (kind === 'directory' && there.get(keyOf(to, foldsCase))?.kind === 'directory') continue
    sendings.push({ path: to, kind, file, replaces: answer === 'replace' ? (collision?.there.version ?? null) : null })
  }
  return sendings
}

/** `report.md` → `report (2).md`, the first that is free. */
export function freeName(path: string, kind: Dropped['kind'], taken: ReadonlySet<string>, foldsCase: boolean): string {
  const name = nameOf(path)
  const dot = kind === 'directory' ? -1 : name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  for (let number = 2; ; number++) {
    const free = joined(parentOf(path), `${stem} (${number})${ending}`)
    if (!taken.has(keyOf(free, foldsCase))) return free
  }
}

/** With the directories that only the paths of files tell of, each before what is in it. */
function withDirectories(items: readonly Dropped[]): (Dropped & { isImplied: boolean })[] {
  const known = new Set(items.flatMap(({ path, kind }) => (kind === 'directory' ? [path] : [])))
  return items.flatMap((item) => {
    const above: (Dropped & { isImplied: boolean })[] = []
    for (let path = parentOf(item.path); path !== '' && !known.has(path); path = parentOf(path)) {
      known.add(path)
      above.unshift({ path, kind: 'directory', file: null, isImplied: true })
    }
    return [...above, { ...item, isImplied: false }]
  })
}

function isBelow(path: string, directories: ReadonlySet<string>): boolean {
  for (let above = parentOf(path); above !== ''; above = parentOf(above)) if (directories.has(above)) return true
  return false
}
