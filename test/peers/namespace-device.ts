import { createInterface } from 'node:readline'
import { silentLogger, systemClock, systemRandom } from '#base'
import type { DeviceId } from '#model'
import { createIdentity, PeerNetwork } from '#peers'
import { MemoryStore } from './memory-store.ts'

// A device for namespaces.test.ts: takes one command a line (JSON array of name and arguments), prints one JSON answer a line.

const parts = {
  identity: createIdentity(),
  store: new MemoryStore(),
  clock: systemClock,
  random: systemRandom,
  logger: silentLogger,
}
const network = new PeerNetwork(parts, { name: process.argv[2] ?? 'device', listen: [], lan: true })
await network.start()

async function run([name, device, digits]: [string, DeviceId, string]): Promise<unknown> {
  switch (name) {
    case 'nearby':
      return network.pairing.nearby()
    case 'list':
      return network.pairing.list()
    case 'pair':
      return { digits: (await network.pairing.pair(device)).digits }
    case 'accept':
      await network.pairing.accept(device, digits)
      return { group: network.group.state.id }
    case 'peers':
      return network.peers().map((peer) => ({ device: peer.device, address: peer.address }))
    case 'bulk':
      return { open: !(await network.peer(device)?.bulk())?.closed.aborted }
    default:
      return null
  }
}

const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => {
  run(JSON.parse(line) as [string, DeviceId, string]).then(
    (answer) => console.log(JSON.stringify(answer)),
    (error: unknown) => console.log(JSON.stringify({ error: String(error) })),
  )
})
lines.on('close', () => void network.stop().finally(() => process.exit()))
console.log(JSON.stringify({ device: parts.identity.device }))
