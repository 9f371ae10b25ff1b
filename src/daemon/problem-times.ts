import type { Problem } from '#db'

/** What a user can do about an entry that does not sync; null where it goes away by itself or the message says it all. */
const HINTS: Record<Problem['code'], string | null> = {
  unreadable: 'give the user that Holdfast runs as the right to read it, or ignore it in .holdfastignore',
  changing: null,
  name: 'rename it on a device whose disk can hold the name',
  twin: 'rename one of the two',
  full: 'make room on this disk; it is tried again by itself',
  'missing-chunks': 'start a device that has this version',
  'local-edit': null,
  'not-empty': 'remove what is ignored or left in the directory, if it is no longer needed',
  denied: 'give the user that Holdfast runs as the right to write there',
  'too-large': null,
  io: 'look at the disk: it reports errors',
  'device-boundary': 'another disk is mounted there; share it as a folder of its own',
  special: 'ignore it in .holdfastignore',
}

export function hintFor({ code }: Problem): string | null {
  return HINTS[code]
}

/** Since when the entries of one folder do not sync, as far as this run of the daemon has seen. */
export class ProblemTimes {
  #since = new Map<string, number>()

  /** How many there were said to be when the list was last looked at. */
  counted = 0

  /** Takes the list as it is now (`now` in ms); what is no longer in it is forgotten. */
  note(problems: readonly Problem[], now: number): void {
    this.#since = new Map(problems.map((problem) => [nameOf(problem), this.#since.get(nameOf(problem)) ?? now]))
  }

  since(problem: Problem): number | undefined {
    return this.#since.get(nameOf(problem))
  }
}

function nameOf({ code, path }: Problem): string {
  return `${code} ${path}`
}
