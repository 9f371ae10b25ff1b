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

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
