import { cpus, totalmem } from 'node:os'
import type { Case, Figure, Result, Target, Usage } from './case.ts'

export interface Outcome {
  case: Case
  result: Result | null
  /** Why there is no result. */
  error: string | null
}

const MIB = 1 << 20

/** The whole run, for programs. */
export function toJson(outcomes: readonly Outcome[], about: { program: string; quick: boolean }): unknown {
  const [cpu] = cpus()
  return {
    time: new Date().toISOString(),
    machine: { cpu: cpu?.model ?? '', cores: cpus().length, memoryBytes: totalmem(), node: process.version },
    ...about,
    cases: outcomes.map(({ case: { name, title }, result, error }) => ({
      name,
      title,
      error,
      ...result,
      targets: result?.targets.map((target) => ({ ...target, ratio: ratio(target), met: isMet(target) })) ?? [],
    })),
  }
}

function isMet({ measured, limit }: Target): boolean {
  return measured <= limit
}

/** The last word on a run. All is met only where all was measured. */
export function verdict(outcomes: readonly Outcome[]): { text: string; isMet: boolean } {
  const missed = outcomes.flatMap(({ case: { name }, result }) =>
    result === null ? [name] : result.targets.filter((target) => !isMet(target)).map(({ what }) => `${name} (${what})`),
  )
  const unmeasured = outcomes.flatMap(({ case: { name }, result }) =>
    (result?.unmeasured ?? []).map(({ what }) => `${name} (${what})`),
  )
  const lines = [
    ...(missed.length === 0 ? [] : [`MISSED: ${missed.join(', ')}`]),
    ...(unmeasured.length === 0 ? [] : [`NOT MEASURED: ${unmeasured.join(', ')}`]),
  ]
  return { text: lines.length === 0 ? 'All targets met.' : lines.join('\n'), isMet: lines.length === 0 }
}

/** For people: a line for Holdfast, one for each tool beside it, one for each target. */
export function toText({ case: { name, title }, result, error }: Outcome): string {
  const head = `\n${name}: ${title}${result?.files == null ? '' : ` (${result.files.toLocaleString('en')}${result.bytes === null ? '' : `, ${mib(result.bytes)}`})`}`
  if (result === null) return `${head}\n  FAILED: ${error}`
  const { seconds, bytes, files, blocks, devices, sentBytes, figures = [] } = result
  const lines = [
    ['Holdfast', seconds, devices, sentBytes, blocks] as const,
    ...result.beside.map((one) => [one.tool, one.seconds, one.devices ?? [], one.sentBytes ?? null, undefined] as const),
  ].filter(([, time, usage]) => time !== null || usage.length > 0)
  return [
    head,
    ...lines.map(([tool, time, usage, sent, stored]) =>
      [
        `  ${tool.padEnd(17)}`,
        time === null ? '' : `${time.toFixed(2)} s`.padStart(10),
        time === null || bytes === null ? '' : `${rate(bytes / 1e6 / time)} MB/s`.padStart(10),
        time === null || files === null || files === 1 ? '' : `${(files / time).toFixed(0)} files/s`.padStart(14),
        time === null || stored === undefined ? '' : `${(stored / time).toFixed(0)} blocks/s`.padStart(15),
        usage.length === 0 ? '' : `  CPU ${join(usage, ({ cpuSeconds }) => cpuSeconds.toFixed(1))} s`,
        usage.length === 0 ? '' : `  peak ${join(usage, ({ peakBytes }) => (peakBytes / 1e6).toFixed(0))} MB`,
        sent === null ? '' : `  sent ${mib(sent)}`,
      ].join(''),
    ),
    ...result.targets.map(
      (target) =>
        `  ${isMet(target) ? 'met   ' : 'MISSED'} ${target.what}: ${amount(target.measured, target)} of ${amount(target.limit, target)} at most${Number.isFinite(ratio(target)) ? ` (${ratio(target).toFixed(2)})` : ''}`,
    ),
    ...(result.unmeasured ?? []).map(({ what, why }) => `  NOT MEASURED ${what}: ${why}`),
    ...figures.map((figure) => `         ${figure.what}: ${amount(figure.measured, figure)}`),
  ].join('\n')
}

function ratio({ measured, limit }: Target): number {
  return measured / limit
}

function join(usage: readonly Usage[], text: (usage: Usage) => string): string {
  return usage.map(text).join(' + ')
}

function rate(perSecond: number): string {
  return perSecond.toFixed(perSecond < 10 ? 1 : 0)
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(bytes < 10 * MIB ? 2 : 0)} MiB`
}

function amount(value: number, { unit }: Figure): string {
  if (unit === 'MiB') return mib(value)
  if (unit === 'MB') return `${(value / 1e6).toFixed(0)} MB`
  if (unit === '') return String(value)
  return `${value.toFixed(unit === 'ms' || unit === 'B' ? 0 : 2)} ${unit}`
}
