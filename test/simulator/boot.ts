import type { World } from './world.ts'
import type { Dice } from './dice.ts'

/** ms that a call takes at most to reach another thread, and its answer to come back. */
const MAX_PAUSE_MS = 12
/** How often there is hardly any pause. */
const PROMPT = 0.6

/**
 * One run of a device, from its start to its stop or crash. All that the engine does to the world goes through `call`: it takes
 * simulated time, and after a crash neither happens nor is answered.
 */
export class Boot {
  alive = true
  readonly #world: World
  readonly #dice: Dice
  readonly #device: string
  #serial = 0
  /** Calls that have not been answered, by number. */
  readonly pending = new Map<number, string>()

  constructor(world: World, dice: Dice, device: string) {
    this.#world = world
    this.#dice = dice
    this.#device = device
  }

  async call<T>(name: string, work: () => T | Promise<T>): Promise<T> {
    const number = this.#serial++
    this.pending.set(number, name)
    await this.#pause()
    if (!this.alive) return never()
    this.#world.trace.note(`${this.#world.now.toFixed(1)} ${this.#device} ${name}`)
    try {
      const result = await work()
      await this.#pause()
      return this.alive ? result : await never()
    } catch (error) {
      if (!this.alive) return never()
      throw error
    } finally {
      this.pending.delete(number)
    }
  }

  #pause(): Promise<void> | undefined {
    return this.#dice.chance(PROMPT) ? undefined : this.#world.sleep(this.#dice.random.fraction() * MAX_PAUSE_MS)
  }
}

/** What a dead device's calls resolve to. */
export function never(): Promise<never> {
  return new Promise(() => undefined)
}

/** An object whose calls each go through `call`. */
export function through<T extends object>(target: T, call: (method: string, args: unknown[], run: () => unknown) => unknown): T {
  return new Proxy(target, {
    get(_target, method) {
      if (typeof method !== 'string' || method === 'then') return undefined
      const found: unknown = Reflect.get(target, method)
      if (typeof found !== 'function') return found
      return (...args: unknown[]) => call(method, args, () => Reflect.apply(found, target, args) as unknown)
    },
  })
}
