import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compileIgnore } from '../../src/folder/ignore-rules.ts'
import { temporaryDirectory } from './subjects.ts'

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
      const ignores = compileIgnore(PATTERNS.join('\n'))
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
    const ignores = compileIgnore('build/\n')
    expect(ignores('build/deep/file', false)).toBe(true)
    expect(ignores('build', false)).toBe(false)
  })

  it('read files with a byte order mark and Windows line ends, and never hide the ignore file itself', () => {
    const ignores = compileIgnore('\ufeff*.tmp\r\n*\r\n!.holdfastignore2\r\n')
    expect(ignores('a.tmp', false)).toBe(true)
    expect(ignores('.holdfastignore', false)).toBe(false)
  })
})
