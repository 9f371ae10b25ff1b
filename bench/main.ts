// npm run bench -- [sync|store|CASE …] [--only large,small,…] [--quick] [--json FILE] [--dir DIR]
// Whole daemons as separate processes on loopback, beside plain tools that do the same work in the same run.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { builtEntry, sourceEntry } from '../scripts/device.ts'
import { isFresh } from '../scripts/freshness.mjs'
import { fullSizes, quickSizes, type Case } from './case.ts'
import { disk } from './cases/disk.ts'
import { gc } from './cases/gc.ts'
import { get } from './cases/get.ts'
import { idle } from './cases/idle.ts'
import { index } from './cases/index-size.ts'
import { insert } from './cases/insert.ts'
import { large } from './cases/large.ts'
import { latency } from './cases/latency.ts'
import { many } from './cases/many.ts'
import { put } from './cases/put.ts'
import { rename } from './cases/rename.ts'
import { rescan } from './cases/rescan.ts'
import { scrub } from './cases/scrub.ts'
import { seal } from './cases/seal.ts'
import { small } from './cases/small.ts'
import { threshold } from './cases/threshold.ts'
import { upkeep } from './cases/upkeep.ts'
import { versions } from './cases/versions.ts'
import { toJson, toText, verdict, type Outcome } from './report.ts'
import { Stage } from './stage.ts'
import { shapes } from './store-pair.ts'

/** In this order: those that share their files follow one another. */
const suites: Record<string, readonly Case[]> = {
  sync: [large, insert, small, rename, latency, idle, many, rescan],
  store: [
    ...shapes.flatMap((shape) => [seal, scrub, get, put, gc].map((of) => of(shape))),
    upkeep(shapes[1]!),
    index,
    disk,
    versions,
    threshold,
  ],
}
const cases = Object.values(suites).flat()

const checkout = join(import.meta.dirname, '..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    dir: { type: 'string', default: tmpdir() },
  },
})
const words = [...positionals, ...(values.only?.split(',') ?? [])]
const chosen = new Set(words.flatMap((word) => suites[word]?.map(({ name }) => name) ?? [word]))
const unknown = [...chosen].filter((name) => !cases.some((each) => each.name === name))
if (unknown.length > 0) {
  const known = [...Object.keys(suites), ...cases.map(({ name }) => name)]
  process.stderr.write(`bench: there is no ${unknown.join(', ')}; there are ${known.join(', ')}\n`)
  process.exit(2)
}

if (!isFresh(checkout)) spawnSync(process.execPath, [join(checkout, 'scripts/build.ts')], { stdio: ['ignore', 2, 2] })
const entry = isFresh(checkout) ? builtEntry : sourceEntry
const program = entry === builtEntry ? 'dist (built)' : 'src (the build failed)'
const stage = new Stage({
  parent: values.dir,
  entry,
  syncthing: process.env['SYNCTHING'] || undefined,
  restic: process.env['RESTIC'] || 'restic',
})
// A signal may come twice, from the terminal and from npm: the second one must not end this before the daemons have.
let ending: Promise<never> | undefined
const endAll = (): void => void (ending ??= stage.end().finally(() => process.exit(1)) as Promise<never>)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, endAll)

const outcomes: Outcome[] = []
process.stdout.write(`Holdfast from ${program}${values.quick ? ', a tenth of the work' : ''}\n`)
try {
  for (const each of cases) {
    if (chosen.size > 0 && !chosen.has(each.name)) continue
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
const { text, isMet } = verdict(outcomes)
process.stdout.write(`\n${text}\n`)
process.exitCode = isMet ? 0 : 1
