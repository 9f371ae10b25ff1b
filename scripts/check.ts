// Every check that needs no test runner. All of them run, so that one look shows all there is to mend.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { cruise } from './cruise.ts'

const root = join(import.meta.dirname, '..')

const commands: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '-p', '.'],
  'types of the page': ['tsc', '-p', 'renderer'],
  'types of the shell': ['tsc', '-p', 'electron'],
  lint: ['oxlint', '--type-aware', '--deny-warnings', '--format=unix'],
  format: ['oxfmt', '--check'],
  'dead code': ['knip', '--no-progress'],
  drawing: ['node', 'scripts/drawing.ts', '--check'],
}

function run(command: readonly string[]): string | undefined {
  const [program = '', ...args] = command
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
  if (error) return error.message
  return status === 0 ? undefined : `${stdout}${stderr}`.trim()
}

async function floors(): Promise<string | undefined> {
  const { breaches } = await cruise(root, ['src', 'renderer', 'electron'])
  if (breaches.length === 0) return undefined
  return breaches.map(({ rule, from, to, comment }) => `${from} → ${to}\n  ${rule}: ${comment}`).join('\n')
}

const checks: [name: string, check: () => Promise<string | undefined>][] = [
  ...Object.entries(commands).map(([name, command]): [string, () => Promise<string | undefined>] => [
    name,
    async () => run(command),
  ]),
  ['floors', floors],
]

const failed: string[] = []
for (const [name, check] of checks) {
  const started = performance.now()
  const findings = await check()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(`${findings === undefined ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
  if (findings !== undefined) {
    process.stdout.write(`${findings.replaceAll(/^/gm, '  ')}\n`)
    failed.push(name)
  }
}
process.stdout.write(failed.length === 0 ? 'All checks passed.\n' : `Failed: ${failed.join(', ')}.\n`)
process.exitCode = failed.length === 0 ? 0 : 1
