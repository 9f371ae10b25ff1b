import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventQueue } from '../../src/api/http/event-queue.ts'

const LIMIT = 5

/** Of each event that was told the number, and of a resync null. */
function told(text: string): (number | null)[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => (JSON.parse(data!) as { id?: number }).id ?? null)
}

test('a listener has every event in order, or is told to ask anew after the last that it lost', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (acts) => {
      const queue = new EventQueue(LIMIT)
      const heard: (number | null)[] = []
      let pushed = 0
      for (const isPush of [...acts, false]) {
        if (isPush) queue.push({ event: 'activity', data: { id: pushed++ } } as never)
        else {
          const events = told(queue.take())
          expect(events.length).toBeLessThanOrEqual(LIMIT)
          heard.push(...events)
        }
      }
      const after = heard.slice(heard.lastIndexOf(null) + 1)
      expect(after).toEqual(Array.from({ length: after.length }, (_, at) => pushed - after.length + at))
      if (!heard.includes(null)) expect(heard).toHaveLength(pushed)
    }),
  )
})
