import { expect, test } from 'vitest'
import { Haste } from '../../src/daemon/haste.ts'
import { unprotectedOn } from '../../src/daemon/unprotected.ts'
import { HandClock } from '../base/hand-clock.ts'

test('a device is asked about that is in the way, which are connected only where one is not, and what is missing where nothing moves', async () => {
  let peers = ['ben', 'nas']
  const clock = new HandClock()
  const context = {
    clock,
    membership: { called: () => (device: string) => device, reference: (device: string) => device },
    network: {
      peers: () => peers.map((device) => ({ device })),
      group: { device: 'anna', state: { devices: ['anna', 'ben', 'nas'] } },
    },
  }
  const lacking = [
    { device: 'anna', records: 3 },
    { device: 'ben', records: 30 },
    { device: 'nas', records: 1 },
  ]
  const keeping = { isKept: true, haste: new Haste(), lacking: async () => lacking, holders: { obstacles: [] } }
  const told = async (): Promise<string[][]> =>
    (await unprotectedOn(context as never, { keeping } as never)).map(({ what, look }) => [what, look])
  const own = '3 versions are not kept by this device yet: it is at work, or what they need is not here.'
  const ben = ['up to 30 versions are not kept by ben yet, as far as it has said.', 'on ben: holdfast status tells how it stands']
  expect(await told()).toEqual([
    [own, 'holdfast status tells how it stands'],
    ben,
    ['1 version is not kept by nas yet, as far as it has said.', 'on nas: holdfast status tells how it stands'],
  ])
  clock.pass(29_000)
  keeping.haste.tally.bytes++
  expect((await told())[0]).toEqual([own, 'holdfast status tells how it stands'])
  clock.pass(30_000)
  keeping.haste.tally.versions++
  expect((await told())[0]).toEqual([
    '3 versions are not kept by this device yet: nothing moves, so what they need is not here.',
    'holdfast repair tells what is missing',
  ])
  lacking[1]!.records--
  expect((await told())[0]).toEqual([own, 'holdfast status tells how it stands'])
  lacking[1]!.records++
  peers = ['ben']
  expect(await told()).toEqual([
    [own, 'holdfast devices shows which are connected'],
    ben,
    [
      '1 version is not kept by nas yet, which is not connected.',
      'start nas, or, if it is gone for good: holdfast devices remove nas',
    ],
  ])
})
