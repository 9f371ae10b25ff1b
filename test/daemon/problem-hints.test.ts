import { expect, test } from 'vitest'
import { shellWord } from '#base'
import type { Problem } from '#db'
import { tellApart } from '#model'
import { problemHint } from '../../src/daemon/problem-hints.ts'

const CODES: Record<Problem['code'], true> = {
  ...{ unreadable: true, changing: true, name: true, twin: true, full: true, 'missing-chunks': true, 'local-edit': true },
  ...{
    'not-empty': true,
    denied: true,
    'too-large': true,
    io: true,
    'device-boundary': true,
    special: true,
    'ignore-rules': true,
  },
}

test('every problem has something to do about it', () => {
  for (const code of Object.keys(CODES) as Problem['code'][])
    expect(problemHint(code, 'photos', { isHeld: false, roleless: null })).toMatch(/\w+/)
  expect(problemHint('local-edit', 'my photos', { isHeld: true, roleless: null })).toContain(
    `holdfast folder revert ${shellWord('my photos')} `,
  )
})

test('of edits on a device without a role it does not say that they can be undone as it is', () => {
  const hint = problemHint('local-edit', 'photos', { isHeld: false, roleless: 'desk' })
  expect(hint).toContain('holdfast folder share photos desk --role sync')
  expect(hint.indexOf('--role receive-only')).toBeLessThan(hint.indexOf('folder revert'))
})

test('what is put off in a folder that is held waits for a decision, not for rest', () => {
  const hint = problemHint('changing', 'my photos', { isHeld: true, roleless: null })
  for (const decision of ['approve', 'reject']) expect(hint).toContain(`holdfast folder ${decision} ${shellWord('my photos')} `)
  expect(hint).not.toContain('nothing')
  expect(problemHint('changing', 'photos', { isHeld: false, roleless: null })).toMatch(/comes to rest$/)
})

test('names that look alike are told apart by how their letters are made up', () => {
  expect(tellApart('caf\u00e9', 'cafe\u0301')).toEqual(['caf\\u{e9}', 'cafe\\u{301}'])
  expect(tellApart('README', 'Readme')).toEqual(['README', 'Readme'])
})
