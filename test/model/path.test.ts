import { describe, expect, it } from 'vitest'
import { checkPath, pathFault } from '#model'

describe('a path', () => {
  it('leads nowhere that some disk takes for the folder’s own directory', () => {
    for (const name of [
      '.holdfast',
      '.HoldFast',
      '.holdfaſt',
      '.HOLDFA\ufb05',
      '.hold\u200cfast',
      '\ufeff.holdfast',
      '.holdfast\u2064',
      '.holdfast.',
      '.holdfast ',
      '.holdfast. .',
      '.holdfast:stream',
      '.holdfast::$INDEX_ALLOCATION',
      '.\u00adholdfaſt . ',
      'HOLDFA~1',
      'holdfa~9',
      'HOLDF~12',
      'HOLD~123',
      'ho12ab~1',
      'HOLDFA~1.',
      'HOLDFA~1::$DATA',
    ]) {
      for (const path of [name, `${name}/marker.json`, `a/b/${name}`, `a/${name}/b`]) expect(pathFault(path), path).toBeDefined()
    }
  })

  it('is fine when it only looks like that', () => {
    for (const name of [
      '.holdfastignore',
      'holdfast',
      'holdfast~1',
      'HOLDFA~',
      'HOLDFA~1.txt',
      'hold~1',
      'ho~1',
      'house~1',
      'draft~',
      'draft~2.txt',
      '~$letter.docx',
      '.config.',
      'a: b',
      '...',
      'fa\u200cmily',
      'naïve.txt',
    ])
      for (const path of [name, `a/${name}`, `${name}/a`]) expect(pathFault(path), path).toBeUndefined()
  })

  it('that is plain is told from others as carefully', () => {
    const names = [
      'a',
      'a b',
      'a.b',
      '-',
      '!',
      '}',
      '~',
      'a~',
      '.a',
      'a.',
      'ä',
      'a/b',
      '',
      '..',
      'x'.repeat(200),
      'x'.repeat(256),
    ]
    for (const name of names) {
      const isFine = name !== '' && name !== '..' && name.length < 256
      expect(pathFault(name) === undefined, name).toBe(isFine)
      expect(pathFault(`d/${name}`) === undefined, name).toBe(isFine)
      expect(pathFault(`${name}/d`) === undefined, name).toBe(isFine)
    }
  })
})

it('a refused path is told of with how to write one', () => {
  for (const path of ['a/../b', 'a//b', '/a']) {
    expect(() => checkPath(path)).toThrow(
      expect.objectContaining({ code: 'denied', hint: expect.stringContaining('one / between') }),
    )
  }
})
