import type { Health } from '#api/contract'
import { sentence, size, timeSpan } from '../format.ts'
import { failureWords } from './failure-words.ts'
import { filled, known } from './told.ts'

type Values = NonNullable<Health['checks'][number]['values']>

/** A note of a recovery kit, of a setting or of a check of health; as the daemon says it where this page does not know it. */
export function noteWords(message: string, values: Values = {}): string {
  return known(`note.${values['note']}`, given(message, values)) ?? message
}

/** What to do about it; null where this page does not know it. */
export function noteDo({ values = {}, message }: { message: string; values?: Values | undefined }): string | null {
  return known(`note.${values['note']}.do`, given(message, values))
}

function given(message: string, values: Values): Record<string, string | number> {
  const { ms, bytes, reason } = values
  // What failed is told by its own reason.
  const failure = failureWords({ message, values, ...(reason === undefined ? {} : { reason: String(reason) }) })
  return {
    ...filled(values),
    why: sentence(failure.message),
    ...(ms === undefined ? {} : { ms, span: timeSpan(Number(ms) / 1_000) }),
    ...(bytes === undefined ? {} : { bytes: size(Number(bytes)) }),
  }
}
