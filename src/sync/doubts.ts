import type { AuthorOptions, Problem } from '#db'
import { parentPath } from '#model'

/** What a look at everything did not note. */
export interface Unseen {
  problems: readonly Problem[]
  unsettled: readonly string[]
}

/** Knows where something may be on the disk that the index does not know: what is found elsewhere has come since the last look. */
export class Doubts {
  /** Grows whenever sync may have done something to the disk that is not noted. */
  #count = 0
  /** The count when the last look at everything began. */
  #settled = -1
  /** What that look did not note, with all below it. */
  readonly #unseen = new Set<string>()

  get count(): number {
    return this.#count
  }

  raise(): number {
    return ++this.#count
  }

  /** All was looked at since there were so many. */
  settle(count: number, { problems, unsettled }: Unseen): void {
    this.#settled = count
    this.#unseen.clear()
    for (const path of unsettled) this.#unseen.add(path)
    for (const { path, code } of problems) if (!isForeign(code)) this.#unseen.add(path)
  }

  noted(path: string): void {
    this.#unseen.delete(path)
  }

  /** For changes of these paths. */
  looked(paths: readonly string[]): AuthorOptions['looked'] {
    return this.#settled === this.#count ? { but: paths.filter((path) => this.#isUnseen(path)) } : undefined
  }

  #isUnseen(path: string): boolean {
    if (this.#unseen.size === 0) return false
    for (let at = path; at !== ''; at = parentPath(at)) if (this.#unseen.has(at)) return true
    return this.#unseen.has('')
  }
}

/** Of what is not carried at all no version can be known. */
function isForeign(code: Problem['code']): boolean {
  return code === 'name' || code === 'twin' || code === 'special'
}
