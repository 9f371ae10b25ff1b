import { systemClock, type Clock } from '#base'

/** At once, over all who ask: few of the process's threads for the disk, as one that is held by a disk that is away may never come back. */
const AT_ONCE = 3

interface Look {
  path: string
  /** It took longer than whoever asked waited. */
  isLate: boolean
}

/** Looks at places of the disk that may not answer, as where a disk is away. Each keeps its turn until it really ends. */
export class SlowLooks {
  readonly #clock: Clock
  readonly #running = new Set<Look>()
  #waiting: (() => void)[] = []

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** undefined where it takes longer than `ms`, where one at that path or above has not ended still, or where such ones have all turns. */
  async look<Result>(path: string, ms: number, work: () => Promise<Result>): Promise<Result | undefined> {
    while (this.#running.size >= AT_ONCE && !this.#isAway(path)) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.#isAway(path)) return undefined
    const look: Look = { path, isLate: false }
    this.#running.add(look)
    const result = work().finally(() => {
      this.#running.delete(look)
      this.#wake()
    })
    return await new Promise((resolve, reject) => {
      const late = (): void => {
        look.isLate = true
        this.#wake()
        resolve(undefined)
      }
      const timer = this.#clock.after(ms, late, { idle: true })
      result.then(resolve, reject).finally(() => timer.cancel())
    })
  }

  #isAway(path: string): boolean {
    const late = [...this.#running].filter(({ isLate }) => isLate)
    return late.length === AT_ONCE || late.some((look) => isIn(path, look.path))
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}

function isIn(path: string, directory: string): boolean {
  const rest = path.startsWith(directory) ? path.slice(directory.length) : null
  return rest === '' || (rest !== null && (/[/\\]$/.test(directory) || /^[/\\]/.test(rest)))
}
