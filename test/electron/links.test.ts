import { expect, test } from 'vitest'
import { linkIn, placeOf } from '../../renderer/shell/links.ts'

test.each([
  ['holdfast://join/hf1abcdefgh234567', '/peers?join=hf1abcdefgh234567'],
  ['holdfast://join/hf1-abc/', '/peers?join=hf1-abc'],
  ['HOLDFAST://JOIN/HF1ABC', '/peers?join=HF1ABC'],
])('%s leads to the form that takes its code', (link, place) => {
  expect(placeOf(link)).toBe(place)
})

test.each([
  '',
  'holdfast://join/',
  'holdfast://join',
  'holdfast:join/abc',
  'holdfast:///join/abc',
  'holdfast://leave/abc',
  'holdfast://join/abc/def',
  'holdfast://join/abc?then=accept',
  'holdfast://join/abc#x',
  'holdfast://join/abc%2f..%2fsettings',
  'holdfast://join/../settings',
  'holdfast://join.example/abc',
  'holdfast://me@join/abc',
  'holdfast://join:80/abc',
  'holdfast://join/abc\n',
  'holdfast://join/abc\0',
  'holdfast://join/<img src=x onerror=alert(1)>',
  `holdfast://join/${'a'.repeat(401)}`,
  'https://join/abc',
  'file:///join/abc',
  'javascript:alert(1)',
  ' holdfast://join/abc',
  '--holdfast://join/abc',
])('%j leads nowhere', (link) => {
  expect(placeOf(link)).toBeNull()
})

test('of a command line the link is taken, whatever else stands there', () => {
  expect(linkIn(['/opt/holdfast', '--hidden', 'holdfast://join/abc', '--x'])).toBe('holdfast://join/abc')
  expect(linkIn(['/opt/holdfast', '--hidden', '/home/me/holdfast://x'])).toBeNull()
})
