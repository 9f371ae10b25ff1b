import { readFileSync } from 'node:fs'
import { processTree } from '../scripts/process-tree.ts'
import type { Usage } from './case.ts'

const SAMPLE_MS = 200
/** Counting a process's pages holds it up. So it is done where more of them are in memory, by so much, than when they were last counted. */
const MORE_BYTES = 2 * 1024 * 1024
const PAGE_BYTES = 4096
/** Kernel ticks a second, in which /proc counts: 100 on every Linux for programs. */
const TICKS = 100

/** The proportional set size of a process and all below it, in bytes. 0 where there is no /proc. */
export function memoryOf(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + pss(each), 0)
}

/** CPU seconds of a process and all below it, those that ended and were waited for included. */
export function cpuOf(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + cpu(each), 0)
}

/** What process trees use while `work` runs. */
export async function metered<Result>(
  pids: readonly number[],
  work: () => Promise<Result>,
): Promise<{ usage: Usage[]; result: Result }> {
  const before = pids.map(cpuOf)
  const peaks = pids.map(memoryOf)
  const counted = pids.map(residentOf)
  const sampling = setInterval(() => {
    for (const [index, pid] of pids.entries()) {
      const resident = residentOf(pid)
      if (resident < (counted[index] ?? 0) + MORE_BYTES) continue
      counted[index] = resident
      peaks[index] = Math.max(peaks[index] ?? 0, memoryOf(pid))
    }
  }, SAMPLE_MS)
  try {
    const result = await work()
    const usage = pids.map((pid, index) => ({
      cpuSeconds: cpuOf(pid) - (before[index] ?? 0),
      peakBytes: Math.max(peaks[index] ?? 0, memoryOf(pid)),
    }))
    return { usage, result }
  } finally {
    clearInterval(sampling)
  }
}

/** What of a process and all below it is in memory, bytes; pages that several have count several times. */
function residentOf(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + Number(read(`/proc/${each}/statm`).split(' ')[1] ?? 0) * PAGE_BYTES, 0)
}

function pss(pid: number): number {
  const line = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))
  return Number(line?.[1] ?? 0) * 1024
}

function cpu(pid: number): number {
  // After the name in brackets come state (field 3) and the rest; utime, stime and those of waited-for children are 14 to 17.
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ')
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // It ended meanwhile, or this is no Linux.
  }
}
