import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import type { DeviceId } from '#model'
import { missing, twoNamespaces } from './namespaces.ts'

const SCRIPT = fileURLToPath(new URL('namespace-device.ts', import.meta.url))

/** A device in a network namespace of its own. */
class Device {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>
  device = '' as DeviceId

  constructor(namespace: string, name: string) {
    this.#child = spawn('ip', [
      'netns',
      'exec',
      namespace,
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      SCRIPT,
      name,
    ])
    this.#child.stderr.on('data', (text: Buffer) => process.stderr.write(text))
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    onTestFinished(() => void this.#child.kill())
  }

  async ready(): Promise<void> {
    this.device = (await this.#answer<{ device: DeviceId }>()).device
  }

  ask<T>(...command: string[]): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`)
    return this.#answer<T>()
  }

  async #answer<T>(): Promise<T> {
    const { value } = await this.#lines.next()
    return JSON.parse(value as string) as T
  }
}

const why = missing()
if (why !== undefined) console.log(`skipped: pairing between network namespaces ${why}`)

test.skipIf(why !== undefined)(
  'mDNS finds a device in another network, and six digits join them',
  { timeout: 60_000 },
  async () => {
    const { names, end } = twoNamespaces()
    onTestFinished(end)
    const [one, two] = names
    const [a, b] = [new Device(one, 'desk'), new Device(two, 'laptop')]
    await Promise.all([a.ready(), b.ready()])

    let found: { device: DeviceId; name: string; address: string }[] = []
    for (let tries = 0; found.length === 0 && tries < 10; tries++) found = await a.ask('nearby')
    expect(found).toMatchObject([{ device: b.device, name: 'laptop' }])
    expect(found[0]?.address).toContain('/ip4/10.97.0.2/')

    const { digits } = await a.ask<{ digits: string }>('pair', b.device)
    let shown: { device: DeviceId; digits: string | null }[] = []
    while (shown[0]?.digits == null) shown = await b.ask('list')
    expect(shown).toMatchObject([{ device: a.device, digits }])
    const [here, there] = await Promise.all([a.ask('accept', b.device, digits), b.ask('accept', a.device, digits)])
    expect(here).toEqual(there)

    let peers: { device: DeviceId; address: string }[] = []
    while (peers.length === 0) peers = await a.ask('peers')
    expect(peers).toMatchObject([{ device: b.device }])
    expect(peers[0]?.address).toContain('/ip4/10.97.0.2/')
    expect(await a.ask('bulk', b.device)).toEqual({ open: true })
  },
)
