import type { Dice } from './dice.ts'
import type { Editor } from './edits.ts'
import type { Hand } from './hand.ts'

/** One side of a conflict: a device's hand, and the editor that makes up contents. */
export interface Side {
  hand: Hand
  editor: Editor
}

const KINDS = [
  'edit and edit',
  'edit and delete',
  'delete and edit',
  'new and new',
  'file and directory',
  'directory and file',
  'rename and edit',
  'edit below and delete tree',
] as const

export type ConflictKind = (typeof KINDS)[number]

/**
 * Lets two users do what cannot both stand, at the same path, while neither device can know of the other's act. Returns the kind
 * and the paths touched on both sides, or undefined where the trees give no occasion.
 */
export function makeConflict(dice: Dice, a: Side, b: Side): { kind: ConflictKind; paths: string[] } | undefined {
  const kind = dice.pick(KINDS)
  const shared = a.editor.files().filter((path) => b.hand.kind(path) === 'file' && same(a.hand.read(path), b.hand.read(path)))
  const path = shared.length === 0 ? undefined : dice.pick(shared)
  const write = (side: Side, at: string): void => side.hand.write(at, side.editor.fresh(), { flush: true })
  if (kind === 'new and new' || kind === 'file and directory' || kind === 'directory and file') {
    const fresh = `new${dice.between(0, 999)}.txt`
    if (a.hand.kind(fresh) !== undefined || b.hand.kind(fresh) !== undefined) return undefined
    const [left, right] = kind === 'directory and file' ? [b, a] : [a, b]
    write(left, fresh)
    if (kind === 'new and new') write(right, fresh)
    else {
      right.hand.makeDirectory(fresh)
      write(right, `${fresh}/below`)
    }
    return { kind, paths: [fresh] }
  }
  if (path === undefined) return undefined
  switch (kind) {
    case 'edit and edit':
      write(a, path)
      write(b, path)
      return { kind, paths: [path] }
    case 'edit and delete':
      write(a, path)
      b.hand.remove(path)
      return { kind, paths: [path] }
    case 'delete and edit':
      a.hand.remove(path)
      write(b, path)
      return { kind, paths: [path] }
    case 'rename and edit': {
      const to = `renamed${dice.between(0, 999)}`
      if (a.hand.kind(to) !== undefined) return undefined
      a.hand.move(path, to, true)
      write(b, path)
      return { kind, paths: [path, to] }
    }
    case 'edit below and delete tree': {
      const slash = path.indexOf('/')
      if (slash < 0) return undefined
      write(a, path)
      b.hand.remove(path.slice(0, slash))
      return { kind, paths: [path, path.slice(0, slash)] }
    }
  }
}

/**
 * Lets the users of several devices write the same path while none can know of the others: one of all, or a new one in a directory
 * of its own. Returns the path.
 */
export function makeConflictOfAll(dice: Dice, sides: readonly Side[]): string {
  const [first] = sides
  const shared = first!.editor.files().filter((path) => sides.every(({ hand }) => hand.kind(path) === 'file'))
  const fresh = `of${dice.between(1_000, 9_999)}`
  const path = shared.length > 0 && dice.chance(0.5) ? dice.pick(shared) : `${fresh}/deep/${dice.pick(['x.bin', 'x.txt'])}`
  for (const { hand, editor } of sides) {
    for (const above of path.startsWith(fresh) ? [fresh, `${fresh}/deep`] : [])
      if (hand.kind(above) === undefined) hand.makeDirectory(above)
    hand.write(path, editor.fresh(), { flush: true })
  }
  return path
}

/** Lets a user do away with what shows at the path of a conflict, or with its directory. Returns the paths touched. */
export function endConflict(dice: Dice, { hand }: Side, path: string): string[] {
  const directory = path.slice(0, Math.max(path.indexOf('/'), 0))
  const from = directory !== '' && dice.chance(0.6) ? directory : path
  const to = `${from}-moved`
  if (hand.kind(from) === undefined) return []
  if (dice.chance(0.4) || hand.kind(to) !== undefined || Buffer.byteLength(to) > 240) hand.remove(from)
  else hand.move(from, to, true)
  return [from, to]
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
