import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Beside } from './case.ts'
import { metered } from './meter.ts'

const FOLDER = 'bench'
const LOOK_MS = 100
const TIMEOUT_MS = 900_000

interface Instance {
  child: ChildProcess
  id: string
  place: string
  /** Asks its REST API. */
  ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer>
}

/** Two Syncthings on loopback with one folder, which talk with each other and nobody else. */
export class Syncthing {
  readonly instances: readonly [Instance, Instance]

  private constructor(instances: readonly [Instance, Instance]) {
    this.instances = instances
  }

  /** Where the first one has the folder. */
  get place(): string {
    return this.instances[0].place
  }

  static async start(program: string, directory: string): Promise<Syncthing> {
    const addresses = [await freePort(), await freePort()].map((port) => `tcp://127.0.0.1:${port}`)
    const instances = (await Promise.all([start(program, directory, 'first'), start(program, directory, 'second')])) as [
      Instance,
      Instance,
    ]
    for (const [index, { ask, place }] of instances.entries()) {
      await ask('PATCH', '/rest/config/options', {
        listenAddresses: [addresses[index]],
        globalAnnounceEnabled: false,
        localAnnounceEnabled: false,
        relaysEnabled: false,
        natEnabled: false,
        crashReportingEnabled: false,
        urAccepted: -1,
        autoUpgradeIntervalH: 0,
        startBrowser: false,
      })
      const other = 1 - index
      await ask('POST', '/rest/config/devices', { deviceID: instances[other]!.id, addresses: [addresses[other]] })
      await ask('POST', '/rest/config/folders', {
        id: FOLDER,
        path: place,
        devices: instances.map(({ id }) => ({ deviceID: id })),
      })
    }
    const pair = new Syncthing(instances)
    await pair.#until(async () =>
      Object.values((await instances[0].ask<Connections>('GET', '/rest/system/connections')).connections).some(
        ({ connected }) => connected,
      ),
    )
    return pair
  }

  /** Does `change` in the first one's folder, has it scan, and waits until the second has all. */
  async measure(change: () => void): Promise<Beside> {
    const [first, second] = this.instances
    const sent = await this.#sent()
    const { usage, result } = await metered(
      this.instances.map(({ child }) => child.pid!),
      async () => {
        const start = performance.now()
        change()
        await first.ask('POST', `/rest/db/scan?folder=${FOLDER}`)
        const wanted = await first.ask<FolderState>('GET', `/rest/db/status?folder=${FOLDER}`)
        await this.#until(async () => {
          const state = await second.ask<FolderState>('GET', `/rest/db/status?folder=${FOLDER}`)
          return (
            state.globalBytes === wanted.localBytes &&
            state.globalFiles === wanted.localFiles &&
            state.needTotalItems === 0 &&
            state.state === 'idle' &&
            state.localBytes === wanted.localBytes
          )
        })
        return (performance.now() - start) / 1000
      },
    )
    return { tool: 'Syncthing', seconds: result, devices: usage, sentBytes: (await this.#sent()) - sent }
  }

  async end(): Promise<void> {
    await Promise.all(
      this.instances.map(async ({ child }) => {
        if (child.exitCode !== null) return
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
      }),
    )
  }

  async #sent(): Promise<number> {
    const totals = await Promise.all(this.instances.map(({ ask }) => ask<Connections>('GET', '/rest/system/connections')))
    return totals.reduce((sum, { total }) => sum + total.outBytesTotal, 0)
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + TIMEOUT_MS
    while (!(await holds())) {
      if (performance.now() > end) throw new Error('Syncthing did not come to an end')
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }
}

interface Connections {
  connections: Record<string, { connected: boolean }>
  total: { outBytesTotal: number }
}

interface FolderState {
  state: string
  globalBytes: number
  globalFiles: number
  localBytes: number
  localFiles: number
  needTotalItems: number
}

async function start(program: string, directory: string, name: string): Promise<Instance> {
  const place = join(directory, name)
  mkdirSync(place)
  const port = await freePort()
  const key = randomBytes(16).toString('hex')
  const args = [
    'serve',
    `--home=${join(directory, `home-${name}`)}`,
    '--no-browser',
    '--no-restart',
    '--no-upgrade',
    '--no-default-folder',
    '--skip-port-probing',
  ]
  const child = spawn(program, [...args, `--gui-address=127.0.0.1:${port}`, `--gui-apikey=${key}`], { stdio: 'ignore' })
  process.once('exit', () => child.kill('SIGKILL'))
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers: { 'X-API-Key': key }, ...init })
    const answer = await response.text()
    if (!response.ok) throw new Error(`Syncthing: ${method} ${path}: ${response.status} ${answer}`)
    return (answer === '' ? null : JSON.parse(answer)) as Answer
  }
  for (let tries = 0; ; tries++) {
    const status = await ask<{ myID: string }>('GET', '/rest/system/status').catch(() => null)
    if (status !== null) return { child, id: status.myID, place, ask }
    if (tries > 300 || child.exitCode !== null) throw new Error(`${program} does not start`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
