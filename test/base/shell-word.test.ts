import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shellWord } from '#base'

test('a plain name stays as it is, any other is quoted', () => {
  expect(['photos', 'Fotos-2020_ä.x'].map((name) => shellWord(name))).toEqual(['photos', 'Fotos-2020_ä.x'])
  expect(shellWord('my photos', 'linux')).toBe(`'my photos'`)
  expect(shellWord('my photos', 'win32')).toBe('"my photos"')
})

test.skipIf(process.platform === 'win32')('a shell reads back the very name', () => {
  for (const name of ['two words', `it's $HOME`, '`id`; "x" \\ !', '*']) {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWord(name)}`], { encoding: 'utf8' })).toBe(name)
  }
})

test.skipIf(process.platform === 'win32')('so it does whatever the name is made of', () => {
  const special = fc.string({ unit: fc.constantFrom(...'ab-;$"\'`\\ \n*?&|<>(){}[]#~!=é'.split('')), minLength: 1, maxLength: 4 })
  const any = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0') && text.isWellFormed())
  const name = fc.oneof(special, any)
  fc.assert(
    fc.property(fc.array(name, { minLength: 20, maxLength: 60 }), (names) => {
      const script = `for word in ${names.map((each) => shellWord(each)).join(' ')}; do printf '%s\\0' "$word"; done`
      expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(names)
    }),
    { numRuns: 40 },
  )
})
