import { describe, expect, it } from 'vitest'
import { chosenAt, NOTHING, type Choice, type Keys } from '../../renderer/parts/choice.ts'
import { chosenBy, found } from '../../renderer/parts/grid-keys.ts'
import { MAX_HEIGHT, scrollTo, windowOf } from '../../renderer/parts/window.ts'

const ROWS = { count: 100_000, rowHeight: 40, height: 400 }

describe('the window of a long list', () => {
  it('has the rows in sight, and some more on both sides', () => {
    const { from, until, height, shift } = windowOf({ ...ROWS, scrolled: 40 * 500 })
    expect([from <= 500, until >= 511, until - from < 40, height, shift]).toEqual([true, true, true, 4_000_000, 0])
    expect(windowOf({ ...ROWS, count: 3, scrolled: 0 })).toMatchObject({ from: 0, until: 3, height: 120 })
    expect(windowOf({ ...ROWS, count: 0, scrolled: 0 })).toMatchObject({ from: 0, until: 0, height: 0 })
  })

  it('reaches each of ten million rows, though no browser has an element as high as all of them', () => {
    const many = { ...ROWS, count: 10_000_000 }
    const bottom = windowOf({ ...many, scrolled: MAX_HEIGHT - ROWS.height })
    expect(bottom.until).toBe(10_000_000)
    // The last row ends where the element does.
    expect(9_999_999 * 40 + 40 + bottom.shift).toBeCloseTo(MAX_HEIGHT, 3)
    const scrolled = scrollTo(7_654_321, { ...many, scrolled: 0 })
    const { from, until } = windowOf({ ...many, scrolled })
    expect(from <= 7_654_321 && 7_654_321 < until).toBe(true)
  })

  it('is scrolled only as far as a row that is out of sight takes', () => {
    const at = (row: number, scrolled: number): number => scrollTo(row, { ...ROWS, scrolled })
    expect([at(10, 400), at(19, 400), at(9, 400), at(20, 400)]).toEqual([400, 400, 360, 440])
  })
})

describe('what is chosen in a list', () => {
  const names = ['ant', 'bee', 'bug', 'cat', 'dog']
  const keys: Keys = { count: names.length, at: (place) => names[place]! }
  const pressed = (key: string, more: { shiftKey?: boolean; ctrlKey?: boolean } = {}) => ({
    ...{ key, shiftKey: false, ctrlKey: false, metaKey: false },
    ...more,
  })
  const after = (...all: ReturnType<typeof pressed>[]): Choice =>
    all.reduce((choice, each) => chosenBy(each, keys, names.indexOf(choice.active ?? ''), choice, 3) ?? choice, NOTHING)

  it('goes by the keys of lists: arrows, Home, End, pages, a range with Shift, one more with Space, all with Ctrl+A', () => {
    expect(after(pressed('ArrowDown'), pressed('ArrowDown'))).toMatchObject({ active: 'bee', selected: new Set(['bee']) })
    expect(after(pressed('End'), pressed('ArrowDown')).active).toBe('dog')
    expect(after(pressed('Home'), pressed('PageDown')).active).toBe('bug')
    expect(after(pressed('End'), pressed('PageUp'), pressed('ArrowUp', { shiftKey: true })).selected).toEqual(
      new Set(['bee', 'bug']),
    )
    const apart = after(
      pressed('Home'),
      pressed('ArrowDown', { ctrlKey: true }),
      pressed('ArrowDown', { ctrlKey: true }),
      pressed(' '),
    )
    expect(apart.selected).toEqual(new Set(['ant', 'bug']))
    expect(after(pressed('a', { ctrlKey: true })).selected.size).toBe(5)
    expect(after(pressed('End'), pressed('Escape'))).toMatchObject({ active: 'dog', selected: new Set() })
  })

  it('goes by clicks: a range is from where it began, and again from there', () => {
    const began = chosenAt(keys, 2, NOTHING, 'only')
    const down = chosenAt(keys, 4, began, 'range')
    expect([...down.selected]).toEqual(['bug', 'cat', 'dog'])
    expect([...chosenAt(keys, 0, down, 'range').selected]).toEqual(['ant', 'bee', 'bug'])
    expect([...chosenAt(keys, 3, down, 'toggle').selected]).toEqual(['bug', 'dog'])
  })

  it('is found by typing: a letter goes on to the next one, a word stays where it fits', () => {
    const at = (typed: string, from: number): number => found(typed, names.length, (place) => names[place]!, from)
    expect([at('b', 0), at('b', 1), at('b', 2), at('BU', 2), at('x', 0)]).toEqual([1, 2, 1, 2, -1])
  })
})
