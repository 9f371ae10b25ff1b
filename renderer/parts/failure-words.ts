import type { ErrorBody } from '#api/contract'
import { t } from '../text/text.ts'
import { filled, known } from './told.ts'

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
