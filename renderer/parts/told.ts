import { exactly, size } from '../format.ts'
import { isMessageKey, t } from '../text/text.ts'
import { visible } from './shown-name.ts'

type Given = Readonly<Record<string, string | number>>

/** What is left out where it does not hold. */
const LEFT_OUT = { until: 'none', removedBy: 'none', online: 'no', role: 'yes', before: 0, others: 0 }

/** What goes with the code is not there, where the daemon is older than this page: its own sentence says it then. */
export function known(key: string, values: Given): string | null {
  if (!isMessageKey(key)) return null
  try {
    return t(key, { ...LEFT_OUT, ...values })
  } catch {
    return null
  }
}

/** A detail of a problem, or of the activity list; null where this page does not know it. */
export function detailWords(values: Given): string | null {
  const { detail, fault, ...given } = filled(values)
  const inner = fault === undefined ? {} : { fault: known(`detail.${fault}`, given) ?? '' }
  return known(`detail.${detail}`, { ...given, ...inner })
}

/** What a system error says, and what to do about it. */
export function systemWords(system: string): { why: string; todo: string } {
  const key = `system.${system}`
  const [why, todo] = isMessageKey(key) ? [key, `${key}.do`] : ['system.other', 'system.other.do']
  return { why: known(why, { system }) ?? system, todo: known(todo, { system }) ?? '' }
}

/** What goes with a code, as it is shown. */
export function filled(values: Given): Record<string, string | number> {
  const shown = Object.entries(values).map(([name, value]) => {
    if (name === 'time') return [name, exactly(typeof value === 'number' ? new Date(value).toISOString() : value)]
    if (name.startsWith('mib') && typeof value === 'number') return [name, size(value)]
    if (name === 'deed') return [name, known(`deed.${String(value).replaceAll(' ', '-')}`, {}) ?? value]
    // What a text chooses by has no hyphens.
    if (name === 'problem') return [name, String(value).replaceAll('-', '_')]
    return [name, value === '' ? 'none' : typeof value === 'string' ? visible(value) : value]
  })
  const system = values['system']
  return { ...Object.fromEntries(shown), ...(system === undefined ? {} : systemWords(String(system))) }
}
