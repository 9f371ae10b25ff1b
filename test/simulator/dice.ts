import { hash } from 'node:crypto'
import { seededRandom, type Random } from '#base'

/** Random choices out of a seed; a label of its own gives each part of the simulation its own sequence. */
export class Dice {
  readonly random: Random

  constructor(seed: number, label: string) {
    this.random = seededRandom(Number.parseInt(hash('sha256', `${seed}/${label}`).slice(0, 8), 16))
  }

  /** An integer in [from, to]. */
  between(from: number, to: number): number {
    return from + Math.floor(this.random.fraction() * (to - from + 1))
  }

  chance(probability: number): boolean {
    return this.random.fraction() < probability
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.random.fraction() * items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }

  /** An item by weight. */
  weighted<T extends string>(weights: Readonly<Record<T, number>>): T {
    const entries = Object.entries(weights) as [T, number][]
    let at = this.random.fraction() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [item, weight] of entries) {
      at -= weight
      if (at < 0) return item
    }
    return entries[0]![0]
  }

  shuffle<T>(items: readonly T[]): T[] {
    const list = [...items]
    for (let at = list.length - 1; at > 0; at--) {
      const other = this.between(0, at)
      ;[list[at], list[other]] = [list[other]!, list[at]!]
    }
    return list
  }
}
