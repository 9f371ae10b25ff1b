import type { ListItem } from '#api/contract'
import type { IconName } from '../parts/icon.tsx'
import type { MessageKey } from '../text/text.ts'

export interface EntryState {
  icon: IconName
  word: MessageKey
  tone: 'good' | 'busy' | 'bad' | 'quiet'
}

const STATES: Record<ListItem['state'] | 'conflict', EntryState> = {
  here: { icon: 'check', word: 'files.state.here', tone: 'good' },
  waiting: { icon: 'hand', word: 'files.state.waiting', tone: 'busy' },
  elsewhere: { icon: 'elsewhere', word: 'files.state.elsewhere', tone: 'quiet' },
  problem: { icon: 'stop', word: 'files.state.problem', tone: 'bad' },
  deleted: { icon: 'trash', word: 'files.state.deleted', tone: 'quiet' },
  conflict: { icon: 'fork', word: 'files.state.conflict', tone: 'bad' },
}

/** How an entry stands: what somebody has to do something about comes first. `troubled`, `disputed`: paths of the folder. */
export function stateOf({ path, state }: ListItem, troubled: ReadonlySet<string>, disputed: ReadonlySet<string>): EntryState {
  if (state === 'deleted') return STATES.deleted
  if (disputed.has(path)) return STATES.conflict
  return troubled.has(path) ? STATES.problem : STATES[state]
}
