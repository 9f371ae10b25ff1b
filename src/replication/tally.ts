/** What was done for a folder since the start. It only grows, so two looks at it tell what was done between them. */
export interface Tally {
  /** Versions looked at, once for each device that is to have them. */
  versions: number
  /** Copies of chunks looked for, where all that is to be somewhere is looked for. */
  checked: number
  /** Copies made, here and on devices that hold blocks, and their bytes. */
  copies: number
  bytes: number
}

export function newTally(): Tally {
  return { versions: 0, checked: 0, copies: 0, bytes: 0 }
}

/** What was done between two looks. */
export function tallySince(now: Tally, before: Tally): Tally {
  return {
    versions: now.versions - before.versions,
    checked: now.checked - before.checked,
    copies: now.copies - before.copies,
    bytes: now.bytes - before.bytes,
  }
}
