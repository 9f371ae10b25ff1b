import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Logger } from '#base'
import { warnOfLostDatabase } from '../../src/daemon/lost-database.ts'

test('a home that has its identity but not its database is warned of, a new and a whole one are not', () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-home-'))
  const said: string[] = []
  const look = (): number => {
    warnOfLostDatabase(home, { warn: () => undefined } as unknown as Logger, (text) => said.push(text))
    return said.length
  }
  try {
    expect(look()).toBe(0)
    writeFileSync(join(home, 'identity.json'), '{}')
    expect(look()).toBe(1)
    expect(said[0]).toContain('holdfast folder join')
    mkdirSync(join(home, 'index'))
    writeFileSync(join(home, 'index/device.db'), '')
    expect(look()).toBe(1)
  } finally {
    rmSync(home, { recursive: true })
  }
})
