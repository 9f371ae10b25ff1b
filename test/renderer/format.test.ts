import { expect, it } from 'vitest'
import { sentence } from '../../renderer/format.ts'

it('a sentence begins with a capital and ends with a full stop, but not behind a command', () => {
  expect(sentence('the disk is full')).toBe('The disk is full.')
  expect(sentence('Up to date.')).toBe('Up to date.')
  expect(sentence('bring it back; if it is gone for good: holdfast folder leave docs.d')).toMatch(/leave docs\.d$/)
  expect(sentence('holdfast folder revert docs takes what the others have; yours goes to the archive')).toMatch(/archive\.$/)
})
