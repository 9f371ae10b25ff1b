import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileIgnore } from '../../src/folder/ignore-rules.ts'
import { temporaryDirectory } from './subjects.ts'

const compiled = (text: string | Uint8Array) => compileIgnore(Buffer.from(text as string))

const PATTERNS = [
  '# a comment',
  '',
  '*.tmp',
  '!keep.tmp',
  '/only-here',
  'build/',
  'a/**/z',
  '**/logs',
  'doc/*.txt',
  '\\!bang',
  '\\#hash',
  'trailing ',
  '[ab]?.c',
  'x/**',
  '!x/y',
  'Case',
]

const FILES = [
  'a.tmp', 'd/a.tmp', 'keep.tmp', 'only-here', 'd/only-here', 'build/x', 'd/build/x', 'e/build', 'a/z', 'a/b/z', 'a/b/c/z', 'b/a/z', 'logs/1', 'q/logs/1',
  'doc/a.txt', 'doc/d/a.txt', '!bang', '#hash', 'trailing', 'ax.c', 'd/b1.c', 'cx.c', 'x/y', 'x/z', 'case', 'sub/Case', 'plain', 'ünï/b.tmp'
] // prettier-ignore

describe('ignore rules', () => {
  it('hide exactly the files that git would ignore', () => {
    const { path: root, remove } = temporaryDirectory()
    try {
      execFileSync('git', ['init', '-q', root], { stdio: 'ignore' })
      writeFileSync(join(root, '.gitignore'), PATTERNS.join('\n'))
      for (const file of FILES) {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        writeFileSync(join(root, file), '')
      }
      const options = [
        '-C',
        root,
        '-c',
        'core.quotepath=off',
        '-c',
        'core.excludesFile=',
        'ls-files',
        '--others',
        '--exclude-standard',
      ]
      const shown = execFileSync('git', options).toString().trim().split('\n').filter((path) => path !== '.gitignore') // prettier-ignore
      const { ignores } = compiled(PATTERNS.join('\n'))
      const visible = (file: string): boolean => {
        const names = file.split('/')
        return names.every((_, at) => !ignores(names.slice(0, at + 1).join('/'), at < names.length - 1))
      }
      expect(FILES.filter(visible).toSorted()).toEqual(shown.toSorted())
    } finally {
      remove()
    }
  })

  it('hide what is below an ignored directory when asked for it directly', () => {
    const { ignores } = compiled('build/\n')
    expect(ignores('build/deep/file', false)).toBe(true)
    expect(ignores('build', false)).toBe(false)
  })

  it('read files with a byte order mark and Windows line ends, and never hide the ignore file itself', () => {
    const { ignores } = compiled('\ufeff*.tmp\r\n*\r\n!.holdfastignore2\r\n')
    expect(ignores('a.tmp', false)).toBe(true)
    expect(ignores('.holdfastignore', false)).toBe(false)
  })

  it('pass over lines that are no patterns, and say which, while the others are in force', () => {
    const { ignores, fault } = compiled('*.tmp\nphotos[\n*.\0\n# a[\n\\[x\n[]a]\n[[x]\n!\nend\\\nbuild/\n')
    expect(fault).toBe(
      'line 2 is passed over: its [ is never closed; line 3 is passed over: it has a NUL character in it; ' +
        'line 8 is passed over: it has nothing but a !; and so is 1 more line',
    )
    expect(['a.tmp', '[x', 'a', ']', 'photos[', 'b'].filter((path) => ignores(path, false))).toEqual(['a.tmp', '[x', 'a', ']'])
    expect(ignores('build', true)).toBe(true)
  })

  it.each([
    ['binary content', Uint8Array.from({ length: 4096 }, (_, at) => (at * 7919) & 0xff), 'it has a NUL character in it'],
    ['UTF-16', Buffer.from('\ufeff*.tmp\n*\n', 'utf16le'), 'it has a NUL character in it'],
    ['Latin-1', Buffer.from('b\xfccher\n', 'latin1'), 'it is not valid UTF-8'],
    ['a pattern without end', 'x'.repeat(100_000), 'it is too long'],
    ['what is cut off where its end would ignore everything', `${'a\n'.repeat(512 * 1024 - 1)}\n*.tmp`, 'the file is too long'],
  ])('ignore nothing for %s, and say so', (_, content, why) => {
    const { ignores, fault } = compiled(content)
    expect(fault).toContain(why)
    expect(['b', 'dir/c', 'c.tmpx'].some((path) => ignores(path, false))).toBe(false)
  })

  it('say so when they ignore everything', () => {
    for (const text of ['*\n', '/**', 'a\n**\n', '***']) expect(compiled(text).fault).toContain('ignore everything')
    for (const text of ['*.txt', '*\n!*.txt', '/*/', '.*', '', '# *']) expect(compiled(text).fault).toBeNull()
  })
})
