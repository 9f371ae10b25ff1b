import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Case } from '../case.ts'
import { smallPair } from './small.ts'
import { metered } from '../meter.ts'

const LOOK_MS = 2
const PAUSE_MS = 200
const GIVE_UP_MS = 10_000
const LIMIT_MS = 1000

export const latency: Case = {
  name: 'latency',
  title: 'a saved small file arrives (p95)',
  async run(bench) {
    const { devices, places } = await smallPair(bench)
    mkdirSync(join(places[0], 'saved'), { recursive: true })
    await devices[0].client.wait({ timeoutSeconds: 60 })
    const times: number[] = []
    const { usage } = await metered(
      devices.map(({ pid }) => pid),
      async () => {
        for (let index = 0; index < bench.sizes.saves; index++) {
          times.push(await timeOfArrival(places, `saved/note-${index}`))
          // Three in a row that never came: nobody watches, and the rest would not come either.
          if (times.length === 3 && times.every((time) => time >= GIVE_UP_MS)) break
          await pause(PAUSE_MS * (0.5 + Math.random()))
        }
      },
    )
    times.sort((a, b) => a - b)
    const part = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
    return {
      seconds: part(0.95) / 1000,
      bytes: null,
      files: times.length,
      devices: usage,
      sentBytes: null,
      beside: [],
      targets: [
        { what: 'p95', measured: part(0.95), limit: LIMIT_MS, unit: 'ms' },
        { what: 'p50', measured: part(0.5), limit: LIMIT_MS, unit: 'ms' },
      ],
    }
  },
}

async function timeOfArrival([from, to]: readonly [string, string], path: string): Promise<number> {
  const start = performance.now()
  writeFileSync(join(from, path), `saved as ${path}\n`)
  while (!existsSync(join(to, path)) && performance.now() - start < GIVE_UP_MS) await pause(LOOK_MS)
  return performance.now() - start
}
