import { t, type MessageKey } from '../text/text.ts'

const EVENTS: Record<string, MessageKey> = {
  added: 'event.added',
  changed: 'event.changed',
  deleted: 'event.deleted',
  received: 'event.received',
  renamed: 'event.renamed',
  kept: 'event.kept',
  conflict: 'event.conflict',
  blocked: 'event.blocked',
  held: 'event.held',
  lost: 'event.lost',
  misbehaved: 'event.misbehaved',
  'given-up': 'event.given-up',
  paired: 'event.paired',
  joined: 'event.joined',
  left: 'event.left',
  removed: 'event.removed',
  made: 'event.made',
}

/** What happened, in a word of the page's language; one that it does not know as the daemon has it. */
export function eventWords(event: string): string {
  const key = EVENTS[event]
  return key === undefined ? event : t(key)
}
