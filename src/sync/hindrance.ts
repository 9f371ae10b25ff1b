/** The most pressing first. `needs-user` stands for whatever newer versions know beside these. */
export const HINDRANCES = ['held', 'blocked', 'error', 'needs-user', 'paused'] as const

/** What keeps a device from taking part in a folder until somebody there does something about it. */
export type Hindrance = (typeof HINDRANCES)[number]

/** A connected device that takes no part in the folder now. */
export interface Hindered {
  name: string
  hindrance: Hindrance
}

/** What of a folder's state is one. */
export function hindranceOf(state: string): Hindrance | undefined {
  return HINDRANCES.find((known) => known === state)
}

/** The word of a message, '' for nothing. One that is not known is of a newer version. */
export function readHindrance(word: string): Hindrance | undefined {
  return word === '' ? undefined : (hindranceOf(word) ?? 'needs-user')
}
