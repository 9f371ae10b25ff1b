// npm run bench -- [--only large,small,…] [--quick] [--json FILE] [--dir DIR]
// Whole daemons as separate processes on loopback, beside plain tools that do the same work in the same run.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { builtEntry, sourceEntry } from '../scripts/device.ts'
import { isFresh } from '../scripts/freshness.mjs'
import { fullSizes, quickSizes, type Case } from './case.ts'
import { idle } from './cases/idle.ts'
import { insert } from './cases/insert.ts'
import { large } from './cases/large.ts'
import { latency } from './cases/latency.ts'
import { many } from './cases/many.ts'
import { rename } from './cases/rename.ts'
import { rescan } from './cases/rescan.ts'
import { small } from './cases/small.ts'
import { isMet, toJson, toText, type Outcome } from './report.ts'
import { Stage } from './stage.ts'

/** In this order: those that share their files follow one another. */
const cases: readonly Case[] = [large, insert, small, rename, latency, idle, many, rescan]

const checkout = join(import.meta.dirname, '..')
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    dir: { type: 'string', default: tmpdir() },
  },
})
const chosen = values.only?.split(',')
const unknown = chosen?.filter((name) => !cases.some((each) => each.name === name)) ?? []
if (unknown.length > 0) {
  process.stderr.write(`bench: there is no ${unknown.join(', ')}; there are ${cases.map(({ name }) => name).join(', ')}\n`)
  process.exit(2)
}

if (!isFresh(checkout)) spawnSync(process.execPath, [join(checkout, 'scripts/build.ts')], { stdio: ['ignore', 2, 2] })
const entry = isFresh(checkout) ? builtEntry : sourceEntry
const program = entry === builtEntry ? 'dist (built)' : 'src (the build failed)'
const stage = new Stage({ parent: values.dir, entry, syncthing: process.env['SYNCTHING'] || undefined })
// A signal may come twice, from the terminal and from npm: the second one must not end this before the daemons have.
let ending: Promise<never> | undefined
const endAll = (): void => void (ending ??= stage.end().finally(() => process.exit(1)) as Promise<never>)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, endAll)

const outcomes: Outcome[] = []
process.stdout.write(`Holdfast from ${program}${values.quick ? ', a tenth of the work' : ''}\n`)
try {
  for (const each of cases) {
    if (chosen !== undefined && !chosen.includes(each.name)) continue
    const tell = (text: string): void =>
      void (process.stderr.isTTY && process.stderr.write(`\r\u001b[K${each.name}: ${text} …\r`))
    const outcome: Outcome = { case: each, result: null, error: null }
    try {
      outcome.result = await each.run({ stage, sizes: values.quick ? quickSizes : fullSizes, tell })
    } catch (error) {
      outcome.error = error instanceof Error ? error.message : String(error)
    }
    outcomes.push(outcome)
    process.stdout.write(`${toText(outcome)}\n`)
  }
} finally {
  await stage.end()
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify(toJson(outcomes, { program, quick: values.quick }), null, 2)}\n`)
const missed = outcomes.flatMap(({ case: { name }, result }) =>
  result === null ? [name] : result.targets.filter((target) => !isMet(target)).map(({ what }) => `${name} (${what})`),
)
process.stdout.write(missed.length === 0 ? '\nAll targets met.\n' : `\nMISSED: ${missed.join(', ')}\n`)
process.exitCode = missed.length === 0 ? 0 : 1
