import type { EntryDetails, FolderStatus, Problem, Remark } from '#api/contract'
import { exactly, sentence, when } from '../format.ts'
import { isMessageKey, t, theLocale, type MessageKey } from '../text/text.ts'
import { failureWords } from './failure-words.ts'
import { detailWords, filled, known } from './told.ts'

type Given = Record<string, string | number>

/** Why a folder is in its state. */
export function reasonWords({ reasonCode, reason, values = {} }: Pick<FolderStatus, 'reasonCode' | 'reason' | 'values'>): string {
  const said = { ...values, ...pauseEnd(values) }
  const why = known(`reason.${reasonCode}`, { ...said, elsewhere: elsewhere(values) })
  if (why !== null) return why
  const { reason: fault, ...given } = values
  if (fault === undefined) return sentence(reason)
  return sentence(failureWords({ message: reason, reason: String(fault), values: given }).message)
}

/** What stays undone in a folder. */
export function remarkWords({ reasonCode, message, values = {} }: Pick<Remark, 'reasonCode' | 'message' | 'values'>): string {
  const given = filled(values)
  if (reasonCode === 'failed') return failedWords(message, values)
  const said = known(remarkKey(reasonCode, values), { ...given, ...amount(values) })
  // What is left to do in a folder that was waited for is why it is in its state.
  const why = said ?? known(`reason.${reasonCode}`, { ...given, elsewhere: elsewhere(values) })
  return why === null ? sentence(message) : sentence(why)
}

/** What to do about it; null where this page does not know it. */
export function remarkDo({ reasonCode, values = {} }: Pick<Remark, 'reasonCode' | 'values'>): string | null {
  return known(`${remarkKey(reasonCode, values)}.do`, filled(values))
}

/** Of what a run has left undone it is known how much that is. */
function remarkKey(reasonCode: string, { versions }: Given): string {
  const unkept = `unkept.${reasonCode}`
  return versions !== undefined && isMessageKey(unkept) ? unkept : `remark.${reasonCode}`
}

function failedWords(message: string, { reason, ...values }: Given): string {
  return t('remark.failed', {
    why: failureWords({ message, values, ...(reason === undefined ? {} : { reason: `${reason}` }) }).message,
  })
}

/** Why one entry does not sync. What the daemon says of some is English alone, and says most. */
export function problemWords(problem: Pick<Problem, 'code' | 'message' | 'values'>): string {
  return problemDetail(problem) ?? (theLocale() === 'en' ? null : titled(problem.code)) ?? sentence(problem.message)
}

/** The same, where there is more to say than the title of its kind. */
export function problemDetail({ code, values }: Pick<Problem, 'code' | 'values'>): string | null {
  if (values === undefined) return null
  if (values['detail'] !== undefined) {
    const said = detailWords(values)
    return said === null ? null : sentence(said)
  }
  const key = code === 'out-of-reach' ? 'remark.out-of-reach' : `problem.${code}`
  return known(key, { ...values, ...amount(values) })
}

function titled(code: string): string | null {
  const title = known(`folders.problem.${code}`, {})
  return title === null ? null : sentence(title)
}

/** What to do about a problem; null where this page does not know it. */
export function problemDo(code: string, { state, role }: Pick<FolderStatus, 'state' | 'role'>): MessageKey | null {
  // What vanished may be what it waits for: the directory that it is in.
  if (code === 'changing' && state === 'held') return 'problem.changing.do.held'
  if (code === 'local-edit' && role === 'none') return 'problem.local-edit.do.role'
  const key = `problem.${code}.do`
  return isMessageKey(key) ? key : null
}

/** Why an entry is not the same everywhere. */
export function entryWords({ reasonCode, message, values, problem }: EntryDetails): string {
  if (problem !== null) return problemWords(problem)
  // Without what goes with the code, what is left out would be taken for said.
  if (values === undefined && reasonCode === 'synced') return sentence(message)
  const said = { ...values, ...pauseEnd(values), ...kindOf(values) }
  return known(`why.${reasonCode}`, said) ?? sentence(message)
}

/** What happened, in a word; one that is not known as the daemon has it. */
export function eventWords(event: string): string {
  return known(`event.${event}`, {}) ?? event
}

function pauseEnd({ until, time }: Given = {}): Given {
  return {
    ...(until === undefined ? {} : { until: when(`${until}`) }),
    ...(time === undefined ? {} : { time: exactly(`${time}`) }),
  }
}

/** `; on attic the folder is paused` */
function elsewhere({ device, hindrance, others = 0 }: Given): string {
  if (device === undefined || hindrance === undefined) return ''
  return t('reason.elsewhere', { hindered: t('reason.hindered', { device, hindrance }), others })
}

function amount({ files, versions }: Given): Given {
  const [shown, all] = [Number(files ?? 0), Number(versions ?? 0)]
  return { older: all - shown, kind: shown === 0 ? 'older' : all === shown ? 'files' : 'both' }
}

function kindOf({ devices, hindrance, entries, here }: Given = {}): Given {
  if (here !== undefined) return { kind: 'here' }
  if (devices !== undefined && hindrance !== undefined)
    return { kind: 'hindered', hindered: t('reason.hindered', { device: devices, hindrance }) }
  return { kind: entries === undefined ? 'coming' : 'lacks' }
}
