import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const LOOK_MS = 2
const PAUSE_MS = 200
const GIVE_UP_MS = 10_000

/** Saves small files in the first place, `path` tells which, one after another; how long each took to arrive in the second, ms, the shortest first. */
export async function arrivals(
  places: readonly [string, string],
  count: number,
  path: (index: number) => string,
): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    times.push(await timeOfArrival(places, path(index), `saved as number ${index} at ${performance.now()}\n`))
    // Three in a row that never came: nobody watches, and the rest would not come either.
    if (times.length === 3 && times.every((time) => time >= GIVE_UP_MS)) break
    await pause(PAUSE_MS * (0.5 + Math.random()))
  }
  return times.sort((a, b) => a - b)
}

/** Of sorted times that which `share` of them, 0 to 1, do not exceed. */
export function quantile(times: readonly number[], share: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
}

async function timeOfArrival([from, to]: readonly [string, string], path: string, text: string): Promise<number> {
  const start = performance.now()
  writeFileSync(join(from, path), text)
  while (!isThere(join(to, path), text) && performance.now() - start < GIVE_UP_MS) await pause(LOOK_MS)
  return performance.now() - start
}

function isThere(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text
  } catch {
    return false
  }
}
