import fc from 'fast-check'
import { expect, test } from 'vitest'
import { size, table } from '../../src/cli/text.ts'

const cell = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\u001b[31mred', 'two\nlines', '\u202egnp.exe', '\r\t'),
  fc.integer(),
  fc.constant(null),
)

test('a table has one line for each row, and nothing in it that a terminal obeys, whatever the names are', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const text = table(['NAME', 'STATE'], rows)
      expect(text.split('\n')).toHaveLength(rows.length + 1)
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
    }),
  )
})

test('one long name makes no column wide', () => {
  const long = 'x'.repeat(255)
  expect(
    table(
      ['NAME', 'STATE'],
      [
        [long, 'here'],
        ['short', 'here'],
      ],
    ).split('\n'),
  ).toEqual(['NAME   STATE', `${long}  here`, 'short  here'])
})

test('a size is said to within a tenth of it', () => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      const [number, unit] = size(bytes).split(' ')
      const said = Number(number) * 1024 ** units.indexOf(unit!)
      expect(Math.abs(said - bytes)).toBeLessThanOrEqual(bytes / 10)
    }),
  )
})
