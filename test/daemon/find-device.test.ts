import { expect, test } from 'vitest'
import { SessionBook } from '../../src/daemon/backend-group.ts'
import type { BackendContext } from '../../src/daemon/backend-context.ts'
import { findDevice } from '../../src/daemon/find-device.ts'
import { A, B, C } from '../db/fixtures.ts'

const devices = [
  { device: A.id, name: 'laptop' },
  { device: B.id, name: 'laptop' },
  { device: C.id, name: 'desk' },
]
const end = (device: string) => device.slice(-8)
const several = { code: 'usage', hint: `say which: ${end(A.id)}, ${end(B.id)}` }

test('a device is found by its name, its id or the end of that; where two have the name, those are to choose from', () => {
  for (const reference of ['desk', C.id, end(C.id)]) expect(findDevice(reference, devices)).toBe(C.id)
  expect(findDevice(end(B.id), devices)).toBe(B.id)
  expect(() => findDevice('laptop', devices)).toThrow(expect.objectContaining(several))
  expect(() => findDevice('phone', devices)).toThrow(expect.objectContaining({ code: 'not-found' }))
})

test('of two pairings with devices of one name none is taken by that', () => {
  const book = new SessionBook({ pairing: { sessions: () => devices } } as unknown as BackendContext)
  expect(book.find(end(B.id)).device).toBe(B.id)
  expect(() => book.find('laptop')).toThrow(expect.objectContaining(several))
  expect(() => book.find('phone')).toThrow(expect.objectContaining({ code: 'not-found' }))
})
