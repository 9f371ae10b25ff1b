import type { ListItem } from '#api/contract'
import type { Sort } from '../parts/choice.ts'

/** An entry in the list. */
export interface FileRow {
  item: ListItem
  /** The last part of its path. */
  name: string
  /** What names are ordered by. */
  order: string
}

type Compare = (a: FileRow, b: FileRow) => number

export const BY_NAME: Sort = { by: 'name', descending: false }

export function rowOf(item: ListItem): FileRow {
  const name = nameOf(item.path)
  return { item, name, order: orderOf(name) }
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The directory that a path is in; '' is the folder's root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** A path in a directory; '' in it is the directory itself. */
export function joined(directory: string, name: string): string {
  return directory === '' || name === '' ? directory + name : `${directory}/${name}`
}

/**
 * As people look for names: without case and accents, numbers by their value. Compared as plain text: a collator takes seconds for a
 * hundred thousand names, during which nothing else is drawn.
 */
export function orderOf(name: string): string {
  const plain = /^[ -~]*$/.test(name) ? name : name.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  return plain.toLowerCase().replaceAll(/\d+/g, (digits) => digits.padStart(12, '0'))
}

/** Directories first, then by the column, then by name. */
export function comparing({ by, descending }: Sort): Compare {
  const turn = descending ? -1 : 1
  const compare = COLUMNS[by] ?? byName
  return (a, b) => kindOf(a) - kindOf(b) || turn * compare(a, b) || byName(a, b)
}

const byName: Compare = (a, b) => ordered(a.order, b.order) || ordered(a.item.path, b.item.path)

const COLUMNS: Record<string, Compare> = {
  name: byName,
  size: (a, b) => a.item.size - b.item.size,
  modified: (a, b) => ordered(a.item.modified ?? '', b.item.modified ?? ''),
  state: (a, b) => ordered(a.item.state, b.item.state),
}

function kindOf({ item }: FileRow): number {
  return item.kind === 'directory' ? 0 : 1
}

function ordered(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Two lists that are in order already, as one. */
export function merged(a: readonly FileRow[], b: readonly FileRow[], compare: Compare): FileRow[] {
  const all = new Array<FileRow>(a.length + b.length)
  let [left, right] = [0, 0]
  for (let at = 0; at < all.length; at++) {
    const isLeft = right === b.length || (left < a.length && compare(a[left]!, b[right]!) <= 0)
    all[at] = isLeft ? a[left++]! : b[right++]!
  }
  return all
}

/** The new rows, each of which that says the same as before being the one from before: it is not drawn again. */
export function kept(before: readonly FileRow[], now: readonly FileRow[]): readonly FileRow[] {
  const known = new Map(before.map((row) => [row.item.path, row]))
  let isSame = before.length === now.length
  const rows = now.map((row, at) => {
    const old = known.get(row.item.path)
    const stays = old !== undefined && saysSame(old.item, row.item)
    isSame &&= stays && before[at] === old
    return stays ? old : row
  })
  return isSame ? before : rows
}

function saysSame(a: ListItem, b: ListItem): boolean {
  return a.version === b.version && a.state === b.state && a.size === b.size && a.modified === b.modified && a.kind === b.kind
}
