import type { Step, StepResult } from './folder-disk.ts'

/** Paths of steps that may have happened without being durable, because a flush failed: what is there is not to be counted on before another one. */
export class Unflushed {
  readonly #paths = new Set<string>()

  /** Follows a transition to its end. */
  async note(steps: readonly Step[], run: () => Promise<StepResult[]>): Promise<StepResult[]> {
    let results: StepResult[] = []
    try {
      results = await run()
      return results
    } finally {
      steps.forEach((step, at) => this.#note(step, results[at]))
    }
  }

  /** Those of `paths` that are among them, or are below one that is. */
  among(paths: readonly string[]): string[] {
    if (this.#paths.size === 0) return []
    return paths.filter((path) => [...this.#paths].some((known) => path === known || path.startsWith(`${known}/`)))
  }

  /** They are durable now. */
  forget(paths: readonly string[]): void {
    for (const path of paths) this.#paths.delete(path)
  }

  #note(step: Step, result: StepResult | undefined): void {
    const paths = 'from' in step ? [step.path, step.from] : [step.path]
    if (result?.ok === true) this.forget(paths)
    else if (result === undefined || result.code === 'io' || result.code === 'full')
      for (const path of paths) this.#paths.add(path)
  }
}
