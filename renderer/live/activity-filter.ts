import type { Activity } from '#api/contract'

/** What happened by what it is about; `event` as the daemon says it. */
export const ACTIVITY_KINDS = {
  problems: ['blocked', 'held', 'lost', 'misbehaved', 'given-up'],
  conflicts: ['conflict', 'kept'],
  files: ['added', 'changed', 'deleted', 'received', 'renamed'],
  devices: ['paired', 'joined', 'left', 'removed', 'made'],
} as const satisfies Record<string, readonly string[]>

export type ActivityKind = keyof typeof ACTIVITY_KINDS

/** Which items are looked for; '' asks for nothing. */
export interface ActivityFilter {
  folder: string
  device: string
  kind: ActivityKind | ''
}

export function kindOf(event: string): ActivityKind | null {
  const found = Object.entries(ACTIVITY_KINDS).find(([, events]) => (events as readonly string[]).includes(event))
  return (found?.[0] as ActivityKind | undefined) ?? null
}

/** Those of the items that fit all that is asked for, in their order. */
export function filtered(activity: readonly Activity[], { folder, device, kind }: ActivityFilter): Activity[] {
  return activity.filter(
    (item) =>
      (folder === '' || item.folder === folder) &&
      (device === '' || item.device === device) &&
      (kind === '' || kindOf(item.event) === kind),
  )
}
