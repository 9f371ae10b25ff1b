import { expect, it } from 'vitest'
import { seededRandom, systemRandom } from '#base'
import { randomSuite } from './random-suite.ts'

randomSuite('of the system', () => systemRandom)
randomSuite('of the simulator', () => seededRandom(17))

it('a seed gives the same numbers again, and another seed others', () => {
  const told = (seed: number): unknown[] => {
    const random = seededRandom(seed)
    return [random.bytes(8), random.fraction(), random.bytes(1), random.fraction()]
  }
  expect(told(17)).toEqual(told(17))
  expect(told(17)).not.toEqual(told(18))
})
