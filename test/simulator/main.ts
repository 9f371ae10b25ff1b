import { parseArgs } from 'node:util'
import { protectedWords, simulate, type SimReport } from './simulate.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    edits: { type: 'string' },
    about: { type: 'string', default: 'trees' },
  },
})
const about = values.about === 'stores' ? 'stores' : 'trees'
const edits = values.edits === undefined ? {} : { edits: Number(values.edits) }
const again = `${about === 'stores' ? ' --about stores' : ''}${values.edits === undefined ? '' : ` --edits ${values.edits}`}`

if (values.seed !== undefined) {
  const report = await simulate({ seed: Number(values.seed), about, ...edits, trace: (line) => console.log(line) })
  console.log(`\n${describe(report)}\ntrace ${report.hash}`)
  process.exitCode = report.failure === null ? 0 : 1
} else {
  await runMany(Number(values.from), Number(values.seeds))
}

async function runMany(from: number, count: number): Promise<void> {
  const began = performance.now()
  const total = {
    failed: [] as number[],
    edits: 0,
    faults: 0,
    conflicts: 0,
    messages: 0,
    simulated: 0,
    reports: [] as SimReport[],
  }
  for (let seed = from; seed < from + count; seed++) {
    const report = await simulate({ seed, about, ...edits })
    total.edits += report.edits
    total.faults += Object.values(report.faults).reduce<number>((sum, number) => sum + (number ?? 0), 0)
    total.conflicts += report.conflicts
    total.messages += report.messages
    total.reports.push(report)
    total.simulated += report.simulated
    if (report.failure !== null) {
      total.failed.push(seed)
      console.log(`${describe(report)}\nreplay: npm run sim -- --seed ${seed}${again}\n`)
    }
  }
  const hours = (total.simulated / 3_600_000).toFixed(1)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  console.log(
    `${count} seeds from ${from}: ${total.edits} edits, ${total.faults} faults, ${total.conflicts} conflicts, ` +
      `${total.messages} messages in ${hours} simulated hours; ${protectedWords(total.reports)}; ${seconds} s; ${total.failed.length} failed`,
  )
  process.exitCode = total.failed.length === 0 ? 0 : 1
}

function describe(report: SimReport): string {
  const { seed, failure, edits: made, conflicts, faults, simulated } = report
  const counts = Object.entries(faults).map(([kind, number]) => `${kind} ${number}`)
  return `seed ${seed}: ${failure ?? 'all promises held'}\n${made} edits, ${conflicts} conflicts, ${(simulated / 60_000).toFixed(1)} simulated minutes; ${protectedWords([report])}; ${counts.join(', ')}`
}
