import { execFileSync } from 'node:child_process'
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
