import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Bench, Case, Result } from '../case.ts'
import { fillFile, flushDisk } from '../fill.ts'
import { copyWithFsync, rawTls } from '../plain.ts'
import { drop, measureSync, type Pair } from '../stage.ts'

/** The time of the first sync, for the case that compares with it. */
let firstSeconds = 0

export const large: Case = {
  name: 'large',
  title: 'one large file of random bytes',
  async run(bench) {
    const { stage, sizes, tell } = bench
    const pair = await stage.pair('large')
    tell('filling')
    const source = join(stage.directoryFor('source'), 'large')
    fillFile(source, sizes.large)
    tell('plain tools')
    const tls = await rawTls(sizes.large)
    flushDisk()
    const copied = join(stage.directoryFor('copy'), 'large')
    const copy = copyWithFsync(source, copied)
    // Each is to find as much memory and disk as the one before.
    rmSync(copied)
    const syncthing = await stage.syncthing('large')
    const beside = [tls, copy]
    if (syncthing !== null) {
      tell('Syncthing')
      copyWithFsync(source, `${syncthing.place}.source`)
      beside.push(await syncthing.measure(() => drop(syncthing.place, `${syncthing.place}.source`, 'large')))
    }
    tell('Holdfast')
    const { seconds, devices, sentBytes } = await syncLarge(pair, source)
    const limit = 2 * (tls.seconds + copy.seconds)
    const targets: Result['targets'] = [{ what: '2 × (raw TLS + copy with fsync)', measured: seconds, limit, unit: 's' }]
    return { seconds, bytes: sizes.large, files: 1, devices, sentBytes, beside, targets }
  },
}

/** The pair that has the large file, whether its first sync was measured before or not. */
export async function largePair({ stage, sizes }: Bench): Promise<{ pair: Pair; firstSeconds: number }> {
  const pair = await stage.pair('large', async (fresh) => {
    const source = join(stage.directoryFor('source'), 'large')
    fillFile(source, sizes.large)
    await syncLarge(fresh, source)
  })
  return { pair, firstSeconds }
}

async function syncLarge(pair: Pair, source: string): ReturnType<typeof measureSync> {
  flushDisk()
  const measured = await measureSync(pair, () => drop(pair.places[0], source, 'large'))
  firstSeconds = measured.seconds
  return measured
}
