import type { PastVersion } from '#api/contract'

/**
 * `letters/notes.txt` → `letters/notes (kitchen, 2030-01-02 03.04.05).txt`: whose version a copy is, and of when, in characters that all
 * systems take in names. `count`: of how many names it was found before that they are taken.
 */
export function copyName(path: string, { by, time }: Pick<PastVersion, 'by' | 'time'>, count = 0): string {
  const slash = path.lastIndexOf('/') + 1
  const name = path.slice(slash)
  const dot = name.lastIndexOf('.')
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, '']
  const author = by.replaceAll(/[\p{Cc}<>:"/\\|?*]/gu, ' ').trim()
  const again = count === 0 ? '' : ` ${count + 1}`
  return `${path.slice(0, slash)}${stem} (${author}, ${localTime(new Date(time))})${again}${ending}`
}

function localTime(time: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join('.')}`
}
