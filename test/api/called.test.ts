import { expect, test } from 'vitest'
import { calledIn } from '#api/contract'
import { OTHER, STRANGER, THIS } from './memory-backend.ts'

const end = (device: string) => device.slice(-8)

test('a device is called by its name, and by the end of its id too where only that tells it from another', () => {
  const { called, reference } = calledIn([
    { device: THIS, name: 'laptop' },
    { device: OTHER, name: 'laptop' },
    { device: STRANGER, name: 'my desk' },
  ])
  expect([THIS, OTHER, STRANGER].map(called)).toEqual([`laptop (${end(THIS)})`, `laptop (${end(OTHER)})`, 'my desk'])
  expect([THIS, OTHER, STRANGER].map(reference)).toEqual([end(THIS), end(OTHER), 'my desk'])
})

test('a device listed twice is one device; of one that is not listed the end of its id is known', () => {
  const { called, reference } = calledIn([THIS, THIS].map((device) => ({ device, name: 'laptop' })))
  expect([called(THIS), called(OTHER), reference(OTHER)]).toEqual(['laptop', end(OTHER), end(OTHER)])
})
