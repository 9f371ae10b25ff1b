import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Settings } from '../../src/daemon/settings.ts'

test('a value is checked without being kept, and kept when it is set', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-settings-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const settings = new Settings(home)
  expect(settings.check('name', 'desk').name).toBe('desk')
  expect(settings.values.name).not.toBe('desk')
  expect(() => settings.check('name', '')).toThrow(expect.objectContaining({ code: 'usage' }))
  settings.set('name', 'desk')
  expect(JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'))).toEqual({ name: 'desk' })
  expect(new Settings(home).values.name).toBe('desk')
})
