import type { DeviceId } from '#model'
import type { Peer } from '#peers'
import { Dice } from '../simulator/dice.ts'
import { SimNetwork } from '../simulator/sim-network.ts'
import { World } from '../simulator/world.ts'
import { peerOf, startDevice, unite, until } from './devices.ts'
import { peerSuite, type PeerSubject } from './peer-suite.ts'

const MINUTE = 60_000

/** Over libp2p on loopback; `bulk`: with a direct socket. */
async function realPeers(bulk: boolean): Promise<PeerSubject> {
  const [a, b] = [await startDevice('a', {}, { bulk }), await startDevice('b', {}, { bulk })]
  await unite(a, b)
  const [here, there] = await Promise.all([peerOf(a, b), peerOf(b, a)])
  return { here, there, until }
}

async function simulatedPeers(): Promise<PeerSubject> {
  const world = new World()
  const network = new SimNetwork(world, new Dice(1, 'peers'))
  const first = new Map<string, Peer>()
  for (const device of ['a', 'b'] as DeviceId[])
    network.join({ device, onPeer: (peer) => void (first.has(device) || first.set(device, peer)) })
  const settled = async (holds: () => boolean): Promise<void> => {
    if (!(await world.run(world.now + MINUTE, holds))) throw new Error(`not true after a minute: ${holds.toString()}`)
  }
  await settled(() => first.size === 2)
  return { here: first.get('a')!, there: first.get('b')!, until: settled }
}

peerSuite('with a TLS socket', () => realPeers(true))
peerSuite('with libp2p alone', () => realPeers(false))
peerSuite('of the simulator', simulatedPeers)
