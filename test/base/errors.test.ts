import { mkdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ERROR_CODES, HoldfastError, systemWords, toErrorShape, withHint } from '#base'

function thrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('it did not throw')
}

test('an error of the system is told in words: what, where, what to do', () => {
  const place = '/nowhere/at all'
  expect(toErrorShape(thrown(() => readFileSync(place)))).toEqual({
    code: 'not-found',
    message: `${place} cannot be opened: nothing is there`,
    hint: 'check the path',
    reason: 'system',
    values: { system: 'ENOENT', deed: 'opened', path: place },
  })
  expect(toErrorShape(thrown(() => mkdirSync('/proc')))).toMatchObject({
    code: 'exists',
    message: '/proc cannot be made: something else is there already',
  })
  expect(systemWords('EROFS', '')).toBe('the disk can only be read')
  expect(systemWords('EWHATEVER', '')).toBe('the system says EWHATEVER')
  expect(systemWords(undefined, 'something else')).toBe('something else')
})

test('every failure that is shown says what to do', () => {
  for (const code of ERROR_CODES) expect(withHint({ code, message: 'x' }).hint).toMatch(/\w+/)
  expect(withHint(toErrorShape(new HoldfastError('full', 'x', { hint: 'its own' }))).hint).toBe('its own')
})
