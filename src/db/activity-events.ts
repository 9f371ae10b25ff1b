/** All that the activity list tells of: others translate these words. */
export const ACTIVITY_EVENTS = [
  ...(['added', 'changed', 'deleted', 'renamed', 'kept', 'conflict'] as const),
  ...(['blocked', 'held', 'misbehaved', 'given-up'] as const),
  ...(['paired', 'joined', 'left', 'removed', 'made'] as const),
] as const

export type ActivityEvent = (typeof ACTIVITY_EVENTS)[number]
