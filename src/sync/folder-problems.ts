import type { FolderIndex, IndexTotals, Problem } from '#db'
import { pathKey } from '#model'

export interface FolderProblemsParts {
  index: Pick<FolderIndex, 'problems' | 'localEdits'>
  totals(): IndexTotals | null
  /** What the last looks at the disk found. */
  found(): readonly Problem[]
}

/** The entries of a folder that do not sync, each path once. */
export class FolderProblems {
  readonly #parts: FolderProblemsParts
  /** How often a path is met again when all are counted one after another. */
  #again = 0

  constructor(parts: FolderProblemsParts) {
    this.#parts = parts
  }

  get count(): number {
    return this.mixed ? Math.max(0, this.#sum() - this.#again) : this.#sum()
  }

  /** Can a path be in two of the lists? Then they are to be looked at when the numbers have changed. */
  get mixed(): boolean {
    return this.#numbers().filter((number) => number > 0).length > 1
  }

  /** What was found on the disk comes first: a file that cannot be read is for that very reason not replaced either. */
  async list(): Promise<Problem[]> {
    const { index, found } = this.#parts
    const [putOff, edited] = await Promise.all([index.problems(), index.localEdits()])
    const byPath = new Map<string, Problem>()
    for (const problem of [...found(), ...putOff, ...edited.map(localEdit)])
      if (!byPath.has(pathKey(problem.path))) byPath.set(pathKey(problem.path), problem)
    return [...byPath.values()]
  }

  /** How many entries a full disk keeps from coming. */
  async full(): Promise<number> {
    const { index, totals } = this.#parts
    if ((totals()?.problems ?? 0) === 0) return 0
    return (await index.problems()).filter(({ code }) => code === 'full').length
  }

  async look(): Promise<void> {
    this.#again = this.#sum() - (await this.list()).length
  }

  #sum(): number {
    return this.#numbers().reduce((sum, number) => sum + number)
  }

  #numbers(): number[] {
    const totals = this.#parts.totals()
    return [this.#parts.found().length, totals?.problems ?? 0, totals?.localEdits ?? 0]
  }
}

function localEdit(path: string): Problem {
  return { path, code: 'local-edit', message: 'it was edited here, where edits are not shared' }
}
