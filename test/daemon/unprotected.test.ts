import { expect, test } from 'vitest'
import { unprotectedOn } from '../../src/daemon/unprotected.ts'

test('a device is asked about that is in the way, and which are connected only where one is not', async () => {
  let peers = ['ben', 'nas']
  const context = {
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
  const keeping = { isKept: true, lacking: async () => lacking, holders: { obstacles: [] } }
  const told = async (): Promise<string[][]> =>
    (await unprotectedOn(context as never, { keeping } as never)).map(({ what, look }) => [what, look])
  const own = '3 versions are not kept by this device yet: it is at work, or what they need is not here.'
  const ben = ['up to 30 versions are not kept by ben yet, as far as it has said.', 'on ben: holdfast status tells how it stands']
  expect(await told()).toEqual([
    [own, 'holdfast repair tells what is missing'],
    ben,
    ['1 version is not kept by nas yet, as far as it has said.', 'on nas: holdfast status tells how it stands'],
  ])
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
