import { expect, test } from 'vitest'
import { directoryName } from '../../src/daemon/backend-recovery.ts'

test('a folder is restored into a directory of its name, unless that leads elsewhere', () => {
  for (const name of ['thesis', 'two words', '..., and more']) expect(directoryName(name, 'id')).toBe(name)
  for (const name of ['..', '.', '../up', 'a/b', '/etc', 'a\\b', '.holdfast'])
    expect(() => directoryName(name, 'id')).toThrow(
      expect.objectContaining({ code: 'denied', hint: 'holdfast folder join id PATH' }),
    )
})
