import type { ErrorBody } from '#api/contract'
import { exactly } from '../format.ts'
import { isMessageKey, t } from '../text/text.ts'
import { visible } from './shown-name.ts'
import { known } from './words.ts'

type Given = Readonly<Record<string, string | number>>

/** What the daemon says of a failure. */
export type ToldFailure = Partial<Pick<ErrorBody['error'], 'reason' | 'values'>> & {
  message: string
  hint?: string | null | undefined
}

/** A failure and what to do about it, in the page's language; as the daemon says it where this page does not know the failure. */
export function failureWords({ message, hint, reason, values = {} }: ToldFailure): { message: string; hint: string | undefined } {
  const told = { message, hint: hint ?? undefined }
  if (reason === undefined) return told
  const given = filled(values)
  const said = known(`failure.${reason}`, given)
  if (said !== null) return { message: said, hint: known(`failure.${reason}.do`, given) ?? undefined }
  const blocked = known(`reason.${reason}`, given)
  return blocked === null ? told : { message: blocked, hint: t('failure.blocked.do') }
}

/** What a system error says, and what to do about it. */
export function systemWords(system: string): { why: string; todo: string } {
  const key = `system.${system}`
  const [why, todo] = isMessageKey(key) ? [key, `${key}.do`] : ['system.other', 'system.other.do']
  return { why: known(why, { system }) ?? system, todo: known(todo, { system }) ?? '' }
}

function filled(values: Given): Record<string, string | number> {
  const shown = Object.entries(values).map(([name, value]) => {
    if (name === 'time') return [name, exactly(typeof value === 'number' ? new Date(value).toISOString() : value)]
    // What a text chooses by has no hyphens.
    if (name === 'problem') return [name, String(value).replaceAll('-', '_')]
    return [name, value === '' ? 'none' : typeof value === 'string' ? visible(value) : value]
  })
  const system = values['system']
  return { ...Object.fromEntries(shown), ...(system === undefined ? {} : systemWords(String(system))) }
}
