import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openLog } from '../../src/daemon/logging.ts'

test('a log that grows is put aside while it is written, and no line is lost', async () => {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-log-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const logger = openLog(home, 'info', { maxBytes: 20_000 })
  const [file, aside] = [join(home, 'logs/holdfast.log'), join(home, 'logs/holdfast.1.log')]
  const read = (path: string): number[] => {
    const lines = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
    return lines.map((line) => (JSON.parse(line) as { at: number }).at)
  }
  for (let at = 0; at < 700; at++) {
    logger.info({ at }, 'a line that says what happened')
    if (at % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await new Promise((resolve) => setTimeout(resolve, 200))
  logger.flush()
  expect(statSync(aside).size).toBeGreaterThan(20_000)
  expect(statSync(file).size + statSync(aside).size).toBeLessThan(60_000)
  const kept = [...read(aside), ...read(file)]
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, at) => 700 - kept.length + at))
})
