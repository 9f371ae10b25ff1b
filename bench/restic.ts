import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { Beside } from './case.ts'

/** A repository of restic's with the default settings, on the same disk, encrypted as ours is. */
export class Restic {
  readonly #program: string
  readonly #directory: string
  #isFilled = false

  private constructor(program: string, directory: string) {
    this.#program = program
    this.#directory = directory
  }

  /** null where `program` cannot be run. */
  static create(program: string, directory: string): Restic | null {
    if (spawnSync(program, ['version']).status !== 0) return null
    const restic = new Restic(program, directory)
    restic.#run(['init'])
    return restic
  }

  backup(tree: string): Beside {
    const seconds = this.#run(['backup', '.'], tree)
    this.#isFilled = true
    return { tool: 'restic backup', seconds }
  }

  /** Into a new directory; `tree` is backed up before where that was not done yet. */
  restore(tree: string): Beside {
    if (!this.#isFilled) this.backup(tree)
    return { tool: 'restic restore', seconds: this.#run(['restore', 'latest', '--target', join(this.#directory, 'restored')]) }
  }

  /** The seconds it took. */
  #run(words: readonly string[], cwd = this.#directory): number {
    const env = { ...process.env, RESTIC_REPOSITORY: join(this.#directory, 'repository'), RESTIC_PASSWORD: 'bench' }
    const start = performance.now()
    const { status, stderr } = spawnSync(this.#program, ['--quiet', '--no-cache', ...words], { cwd, env, encoding: 'utf8' })
    if (status !== 0) throw new Error(`${this.#program} ${words.join(' ')} ended with ${status}: ${stderr}`)
    return (performance.now() - start) / 1000
  }
}
