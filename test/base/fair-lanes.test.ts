import { expect, test } from 'vitest'
import { FairLanes } from '#base'

const [A, B, C] = [{}, {}, {}]

/** Takes what is in turn until nothing is left, or so many times, and tells the sizes. */
function emptied(lanes: FairLanes<number>, count = Infinity): number[] {
  const sizes: number[] = []
  while (lanes.length > 0 && sizes.length < count) {
    const lane = lanes.inTurn()[0]!
    const size = lane.items.shift()!
    lanes.took(lane, size)
    sizes.push(size)
  }
  return sizes
}

test('lanes have their turns for as many bytes, each in its order', () => {
  const lanes = new FairLanes<number>()
  for (const size of [20, 21, 22]) lanes.add(A, size)
  for (const size of [5, 6, 7, 8]) lanes.add(B, size)
  lanes.add(B, 9, true)
  expect(emptied(lanes)).toEqual([20, 9, 5, 6, 21, 7, 8, 22])
})

test('a lane in which nothing waited has missed no turns, and comes next; what needed no turn counts', () => {
  const lanes = new FairLanes<number>()
  for (let at = 0; at < 10; at++) lanes.add(A, 100)
  lanes.passed(A, 100)
  expect(emptied(lanes, 5)).toEqual([100, 100, 100, 100, 100])
  for (let at = 0; at < 300; at++) lanes.add(B, 1)
  lanes.add(C, 50)
  const sizes = emptied(lanes, 252)
  expect(sizes[0]).toBe(1)
  expect(sizes.indexOf(50)).toBeLessThan(3)
  expect(sizes.filter((size) => size === 100).length).toBe(2)
})
