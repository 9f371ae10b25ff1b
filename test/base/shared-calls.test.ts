import { expect, it } from 'vitest'
import { SharedCalls } from '#base'

it('one call is under way, and all who ask meanwhile share the next one', async () => {
  const calls: string[][] = []
  const first = Promise.withResolvers<void>()
  const shared = new SharedCalls<string, string>(async (items) => {
    calls.push([...items])
    if (calls.length === 1) await first.promise
    return items.map((item) => item.toUpperCase())
  })
  const answers = [shared.run(['a']), shared.run(['b', 'c']), shared.run([]), shared.run(['d'])]
  first.resolve()
  expect(await Promise.all(answers)).toEqual([['A'], ['B', 'C'], [], ['D']])
  expect(calls).toEqual([['a'], ['b', 'c', 'd']])
})

it('a failure is that of all who share the call, and of nobody after', async () => {
  const shared = new SharedCalls<number, number>((items) =>
    items.includes(2) ? Promise.reject(new Error('two')) : Promise.resolve(items),
  )
  const answers = await Promise.allSettled([shared.run([1]), shared.run([2]), shared.run([3])])
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected'])
  expect(await shared.run([4])).toEqual([4])
})
