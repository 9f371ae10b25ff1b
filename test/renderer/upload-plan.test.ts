import { describe, expect, it } from 'vitest'
import type { ListItem } from '#api/contract'
import { collisionsOf, freeName, planOf, type Answer, type Dropped } from '../../renderer/files/upload-plan.ts'

const ROOT = { into: '', foldsCase: false }
const FILE = new File(['x'], 'x')
const file = (path: string): Dropped => ({ path, kind: 'file', file: FILE })
const directory = (path: string): Dropped => ({ path, kind: 'directory', file: null })

function there(...paths: string[]): Map<string, ListItem> {
  const items = paths.map((each): ListItem => {
    const kind = each.endsWith('/') ? 'directory' : 'file'
    return { folder: 'f', path: each.replace(/\/$/, ''), kind, size: 1, modified: null, version: `v-${each}`, state: 'here' }
  })
  return new Map(items.map((item) => [item.path, item]))
}

function planned(items: Dropped[], into: string, found: Map<string, ListItem>, answers: Record<string, Answer> = {}): string[] {
  return planOf(items, { ...ROOT, into }, found, new Map(Object.entries(answers))).map(
    ({ path, kind, replaces }) => `${path}${kind === 'directory' ? '/' : ''}${replaces === null ? '' : ` over ${replaces}`}`,
  )
}

describe('what is dropped into a directory', () => {
  it('goes there with the directories that it has, of which those that are there are not made again', () => {
    const items = [directory('trip'), file('trip/a.jpg'), directory('trip/empty'), file('b.jpg')]
    expect(planned(items, 'in', there('in/trip/'))).toEqual(['in/trip/a.jpg', 'in/trip/empty/', 'in/b.jpg'])
    expect(planned(items, '', there())).toEqual(['trip/', 'trip/a.jpg', 'trip/empty/', 'b.jpg'])
  })

  it('replaces, is kept beside, or is left out as was answered, and is left out where nothing was', () => {
    const found = there('a.jpg', 'a (2).jpg', 'b.jpg', 'c.jpg', 'd.jpg')
    const items = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'].map(file)
    expect(collisionsOf(items, ROOT, found).map(({ item }) => item.path)).toEqual(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'])
    const answers = { 'a.jpg': 'both', 'b.jpg': 'replace', 'c.jpg': 'skip' } as const
    expect(planned(items, '', found, answers)).toEqual(['a (3).jpg', 'b.jpg over v-b.jpg', 'e.jpg'])
  })

  it('does not replace a directory by a file nor a file by a directory, and asks once for all that would be in it', () => {
    const found = there('trip', 'x/')
    const items = [directory('trip'), file('trip/a.jpg'), file('trip/deep/b.jpg'), file('x')]
    expect(collisionsOf(items, ROOT, found).map(({ item, canReplace }) => [item.path, canReplace])).toEqual([
      ['trip', false],
      ['x', false],
    ])
    expect(planned(items, '', found, { trip: 'replace', x: 'replace' })).toEqual([])
    expect(planned(items, '', found, { trip: 'both', x: 'both' })).toEqual([
      'trip (2)/',
      'trip (2)/a.jpg',
      'trip (2)/deep/b.jpg',
      'x (2)',
    ])
  })

  it('is asked about where only its paths tell of a directory', () => {
    const items = [file('trip/a.jpg'), file('trip/b.jpg')]
    expect(collisionsOf(items, ROOT, there('trip')).map(({ item }) => item.path)).toEqual(['trip'])
    expect(planned(items, '', there('trip'), { trip: 'both' })).toEqual(['trip (2)/a.jpg', 'trip (2)/b.jpg'])
  })

  it('is asked about also where the name is spelt with other bytes: the daemon takes it for the same', () => {
    const [composed, split] = ['caf\u00e9', 'cafe\u0301']
    const found = there(`${composed}/`, `${composed}/a.md`, `${composed}.md`)
    const items = [file(`${split}/a.md`), file(`${split}.md`)]
    expect(collisionsOf(items, ROOT, found).map(({ item }) => item.path)).toEqual([`${split}/a.md`, `${split}.md`])
    expect(planned(items, '', found, { [`${split}.md`]: 'both', [`${split}/a.md`]: 'replace' })).toEqual([
      `${split}/a.md over v-${composed}/a.md`,
      `${split} (2).md`,
    ])
  })

  it('is asked about where only the case differs on a disk that folds it, and takes the place of what is there', () => {
    const found = there('docs/', 'docs/READ.md', 'docs/sub/', 'notes')
    const folded = new Map([...found].map(([path, item]) => [path.toUpperCase(), item]))
    const items = [file('Docs/read.md'), file('Docs/Sub/new.md'), directory('NOTES'), file('NOTES/a')]
    const goal = { into: '', foldsCase: true }
    expect(collisionsOf(items, ROOT, found)).toEqual([])
    expect(collisionsOf(items, goal, folded).map(({ item, there: { path } }) => [item.path, path])).toEqual([
      ['Docs/read.md', 'docs/READ.md'],
      ['NOTES', 'notes'],
    ])
    const answered = (answer: Answer): string[] => {
      const answers = new Map(['Docs/read.md', 'NOTES'].map((path) => [path, answer]))
      return planOf(items, goal, folded, answers).map(({ path }) => path)
    }
    expect(answered('replace')).toEqual(['docs/READ.md', 'docs/sub/new.md'])
    expect(answered('both')).toEqual(['docs/read (2).md', 'docs/sub/new.md', 'NOTES (2)', 'NOTES (2)/a'])
  })

  it('gets a number before its ending', () => {
    const taken = new Set(['d/a.tar', 'd/a (2).tar'])
    expect(freeName('d/a.tar', 'file', taken, false)).toBe('d/a (3).tar')
    expect(freeName('d/.profile', 'file', taken, false)).toBe('d/.profile (2)')
    expect(freeName('d/v1.2', 'directory', taken, false)).toBe('d/v1.2 (2)')
  })
})
