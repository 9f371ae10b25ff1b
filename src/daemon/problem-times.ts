import type { Problem } from '#db'

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
