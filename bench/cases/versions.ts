import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceId, FolderId } from '#model'
import type { Case } from '../case.ts'
import { fillHistory, type FilledHistory } from '../history.ts'
import { metered } from '../meter.ts'
import { FOLDER } from '../stage.ts'

const TRIES = 50
const LIMIT_MS = 100

/** A daemon is asked for the versions of one path, in a folder whose index was filled while it did not run. It keeps no content. */
export const versions: Case = {
  name: 'versions',
  title: 'the versions of one path listed (p95), among very many',
  async run({ stage, sizes, tell }) {
    const started = await stage.alone('versions')
    const { home } = started.options
    const place = join(home, '..', 'files')
    mkdirSync(place)
    const { id } = await started.client.createFolder({ path: place, name: FOLDER, history: 'off' })
    let filled: FilledHistory | undefined
    tell('filling')
    const device = await stage.whileStopped(started, () => {
      const seed = seedOf(home)
      const file = join(home, 'index', `${id}.db`)
      filled = fillHistory({ file, folder: id as FolderId, device: started.ready.device as DeviceId, seed }, sizes.versions)
    })
    const { paths, busy, versions: count } = filled!
    tell('Holdfast')
    await device.client.wait({ timeoutSeconds: 600 })
    const list = async (path: string): Promise<{ ms: number; found: number }> => {
      const start = performance.now()
      const found = await device.client.versions({ folder: FOLDER, path })
      return { ms: performance.now() - start, found: found.length }
    }
    const times: number[] = []
    const { usage } = await metered([device.pid], async () => {
      for (let left = TRIES; left > 0; left--) times.push((await list(paths[Math.floor(Math.random() * paths.length)]!)).ms)
    })
    times.sort((a, b) => a - b)
    const part = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
    const most = await list(busy)
    return {
      seconds: part(0.95) / 1000,
      bytes: null,
      files: null,
      devices: usage,
      sentBytes: null,
      beside: [],
      targets: [
        {
          what: `p95 of paths with ${Math.floor(count / paths.length)}, of ${count.toLocaleString('en')}`,
          measured: part(0.95),
          limit: LIMIT_MS,
          unit: 'ms',
        },
      ],
      figures: [
        { what: 'p50', measured: part(0.5), unit: 'ms' },
        { what: `of one path with ${most.found.toLocaleString('en')}`, measured: most.ms, unit: 'ms' },
      ],
    }
  },
}

/** The device's own key, with which it signs what it writes. */
function seedOf(home: string): Uint8Array {
  const { ed25519 } = JSON.parse(readFileSync(join(home, 'identity.json'), 'utf8')) as { ed25519: string }
  return Buffer.from(ed25519, 'base64url')
}
