import { setTimeout as pause } from 'node:timers/promises'
import type { DeviceId } from '#model'
import { Dice } from '../simulator/dice.ts'
import { SimLink } from '../simulator/sim-link.ts'
import { World } from '../simulator/world.ts'
import { peerOf, startDevice, unite, until } from './devices.ts'
import { linkSuite, type LinkSubject } from './link-suite.ts'
import { MemoryLink } from './memory-link.ts'

const REST_MS = 300
const MINUTE = 60_000

/** Of two devices on loopback: over a pinned TLS socket, or over a libp2p stream where there is none. */
async function realLink(bulk: boolean): Promise<LinkSubject> {
  const [a, b] = [await startDevice('a', {}, { bulk }), await startDevice('b', {}, { bulk })]
  await unite(a, b)
  const [toB, toA] = await Promise.all([peerOf(a, b), peerOf(b, a)])
  const [here, there] = [await toB.bulk(), await toA.bulk()]
  return { here, there, until, rest: () => pause(REST_MS) }
}

function simulatedLink(): LinkSubject {
  const world = new World()
  const wire = { world, dice: new Dice(1, 'link'), frozen: false, delivered: () => undefined }
  const [here, there] = SimLink.pair(wire, 'bulk', 'a' as DeviceId, 'b' as DeviceId)
  return {
    here,
    there,
    async until(holds) {
      if (!(await world.run(world.now + MINUTE, holds))) throw new Error(`not true after a minute: ${holds.toString()}`)
    },
    rest: async () => void (await world.run(world.now + MINUTE)),
  }
}

linkSuite('over a TLS socket', () => realLink(true))
linkSuite('over a libp2p stream', () => realLink(false))
linkSuite('of the simulator', simulatedLink)
linkSuite('in memory', () => {
  const [here, there] = MemoryLink.pair('a' as DeviceId, 'b' as DeviceId)
  return { here, there, until, rest: () => pause(REST_MS) }
})
