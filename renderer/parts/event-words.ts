import { isMessageKey, t } from '../text/text.ts'

/** What happened, in a word of the page's language; one that it does not know as the daemon has it. */
export function eventWords(event: string): string {
  const key = `event.${event}`
  return isMessageKey(key) ? t(key) : event
}
