import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { waitsForUser } from '../../src/daemon/waiting.ts'
import { commandsWith } from '../../src/cli/commands.ts'
import { holdfast, startServer } from './daemon-stand-in.ts'

const sources = join(import.meta.dirname, '../../src')
const commands = commandsWith(() => Promise.resolve())

/** What is typed after `holdfast` in the texts of a source, which are what its users read. */
function named(file: string): string[] {
  const code = readFileSync(join(sources, file), 'utf8').replaceAll(/^ *(?:\/\/|\/?\*).*$/gm, '')
  return [...code.matchAll(/\bholdfast (?=([a-z][^'\n]*))/g)].map(([, text]) => text!)
}

it('a command that some text names has its arguments with it', () => {
  const left: string[] = []
  let found = 0
  for (const file of globSync('**/*.ts', { cwd: sources })) {
    for (const text of named(file)) {
      const command = commands
        .filter(({ words }) => new RegExp(String.raw`^${words}\b`).test(text))
        .sort((a, b) => b.words.length - a.words.length)[0]
      if (command === undefined) continue
      found++
      const least = command.takes?.[0] ?? 0
      // Placeholders, what is put in, and settings by their names.
      const given = new RegExp(
        String.raw`^${command.words}(?: (?:[A-Z]+\b|\$\{|(?:name|listen|pledge|replication_factor)\b)[^ ]*){${least}}`,
      ).test(text)
      if (!given) left.push(`${file}: holdfast ${text}`)
    }
  }
  expect(left).toEqual([])
  expect(found).toBeGreaterThan(20)
})

it('a folder that waits for its user has `wait` name the command that ends it', () => {
  expect(waitsForUser({ state: 'paused', reasonCode: 'paused', reason: 'Paused by you.' }, 'photos')).toMatchObject({
    code: 'blocked',
    message: 'photos: Paused by you.',
    hint: 'holdfast folder resume photos ends the pause',
  })
  const hint = (state: 'held' | 'blocked', reasonCode: string): string | undefined =>
    waitsForUser({ state, reasonCode, reason: 'so it is' }, 'photos').hint
  expect(hint('held', 'deletions-held')).toContain('holdfast folder approve photos ')
  expect(hint('blocked', 'root-replaced')).toContain('holdfast folder unblock photos')
  expect(hint('blocked', 'root-missing')).toBe('if it is gone for good: holdfast folder leave photos')
})

it('a folder that is offered is listed with the command that joins it', async () => {
  const running = await startServer()
  const { stdout } = await holdfast('--home', running.home, 'folder', 'list')
  await running.close()
  expect(stdout).toContain('offered: holdfast folder join music PATH')
})
