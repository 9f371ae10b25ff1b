import { expect, test } from 'vitest'
import { join, member, operationsOf } from './members.ts'

test('a device hears once that it was removed, however much of its group reaches it before it goes on alone', async () => {
  const [a, b] = [await member('a'), await member('b')]
  await join(a, b)
  let heard = 0
  b.group.on('removed', () => {
    heard++
    void b.group.goAlone()
  })
  await a.group.removeDevice(b.identity.device)
  const removal = operationsOf(a)
  await a.group.renameDevice(a.identity.device, 'desk')
  await Promise.all([b.group.merge(removal), b.group.merge(operationsOf(a))])
  await b.group.settled()
  expect(b.group.alone).toBe(true)
  expect(heard).toBe(1)
})
